import TesseraImaging

/// A method of the program: settings that run on one micrograph and give a result.
///
/// A command parses its options into the settings of a method, runs it and writes the folder of its result. Neither the
/// command nor `ResultFolder` knows one method from another, so a new method is one folder here, one file in the command
/// and a line that registers it (CONTRIBUTING.md, "A method").
///
/// ```swift
/// let result = try StrainMethod().result(on: micrograph)
/// try ResultFolder(result, input: "scan.tif").write(to: "scan.strain")
/// ```
public protocol Method: Sendable, Codable, Equatable {
  /// What the method finds in one image.
  associatedtype Result: MethodResult where Result.Settings == Self

  /// The published work to cite beside the program, one entry per paper.
  static var references: [String] { get }

  /// The stages in the order in which they run, each with the share of the time that it takes on a usual image; a progress
  /// bar goes by these shares.
  static var stages: [(stage: Stage, share: Double)] { get }

  /// Bytes that the images of a result take for each pixel of the micrograph, before they are packed.
  var bytesPerPixel: Int { get }

  /// What a paper says of the method, with the values of one result, sentence by sentence (`MethodsParagraph`).
  static func methodSentences(_ facts: MethodFacts) -> [MethodsParagraph.Sentence]

  /// The defaults of all settings.
  init()

  /// Runs the stages on one image, each through `clock`. Called by `result(on:)`.
  func run(on input: MethodInput, clock: inout StageClock) throws -> Result
}

/// What a method works on.
public struct MethodInput: Sendable {
  /// The image, with its calibration and what its file says of it.
  public var micrograph: Micrograph
  /// Columns that are known already; nil: the method finds them.
  public var columns: KnownColumns?
  /// The seed of all random draws.
  public var seed: UInt64

  /// The image that a method works on, with columns that are known already and the seed of all random draws.
  public init(_ micrograph: Micrograph, columns: KnownColumns? = nil, seed: UInt64 = 1) {
    (self.micrograph, self.columns, self.seed) = (micrograph, columns, seed)
  }
}

extension Method {
  /// None: results without images.
  public var bytesPerPixel: Int { 0 }

  /// Runs the method on one micrograph.
  ///
  /// - Parameters:
  ///   - micrograph: the image, with its calibration and what its file says of it.
  ///   - columns: columns that are known already; nil: the method finds them.
  ///   - seed: of all random draws: equal seeds give equal results.
  ///   - progress: called as each stage begins, with the share of the work that is done, 0 ... 1; may throw to stop.
  /// - Throws: `DataError` where the image does not show what the method needs, `ParameterError` for a setting outside its
  ///   range.
  public func result(
    on micrograph: Micrograph, columns: KnownColumns? = nil, seed: UInt64 = 1,
    progress: @escaping (_ stage: Stage, _ share: Double) throws -> Void = { _, _ in }
  ) throws -> Result {
    var clock = StageClock(shares: Self.stages, progress: progress)
    return try run(on: MethodInput(micrograph, columns: columns, seed: seed), clock: &clock)
  }
}
