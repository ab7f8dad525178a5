import TesseraImaging
import TesseraNumerics

/// `summary.json`: what every method says in the same words, and beside these keys what the method itself adds.
public struct ResultSummary<Result: MethodResult>: Sendable, Encodable {
  /// As the user typed it.
  public var input: String
  /// Size of the image that was analysed: with it, tables of the folder keep their place in files whose y runs up.
  public var image: ImageSize
  /// nm per pixel; null where unknown.
  @Explicit public var calibration: PixelSize?
  /// The parameters that were chosen, by name.
  public var parameters: [String: Parameter]
  /// Every setting of the method; those left out were chosen from the image.
  public var settings: Result.Settings
  /// Absent unless frames were registered.
  public var registration: RegistrationSummary?
  /// Absent where nothing is random.
  public var seed: UInt64?
  /// Seconds per stage.
  public var timings: [String: Double]
  /// Version of the program that made the result.
  public var version: String
  /// What the reader must know before trusting the numbers, in sentences.
  public var warnings: [String]
  /// What the method adds.
  public var body: Result.Summary

  /// A parameter that was chosen, as texts for people.
  public struct Parameter: Sendable, Encodable {
    /// The value with its unit, and why it was chosen.
    public var value, reason: String
  }

  /// The size of an image.
  public struct ImageSize: Sendable, Encodable {
    /// In pixels.
    public var width, height: Int
  }

  /// The size of a pixel in nm.
  public struct PixelSize: Sendable, Encodable {
    /// Width and height of a pixel in nm.
    public var x, y: Double
  }

  /// Collects what `summary.json` says of a result, but for the times of the report and of the whole command.
  public init(of result: Result, input: String, version: String = TesseraVersion.current) {
    (self.input, self.version, settings, body) = (input, version, result.settings, result.summary)
    image = ImageSize(width: result.record.prepared.image.width, height: result.record.prepared.image.height)
    calibration = result.micrograph.calibration.map {
      PixelSize(x: $0.nanometresPerPixelX, y: $0.nanometresPerPixelY)
    }
    parameters = Dictionary(
      result.choices.map { ($0.name, Parameter(value: $0.value, reason: $0.reason)) }, uniquingKeysWith: { $1 })
    registration = result.micrograph.registration.map(RegistrationSummary.init)
    seed = result.record.seed
    timings = Dictionary(result.timings.map { ($0.stage.rawValue, $0.seconds) }, uniquingKeysWith: +)
    warnings = result.warnings
  }

  /// Adds the time of what came after the result.
  mutating func add(_ timing: RunRecord.Timing) { timings[timing.stage.rawValue, default: 0] += timing.seconds }

  private enum CodingKeys: String, CodingKey {
    case input, image, calibration, parameters, settings, registration, seed, timings, version, warnings
  }

  public func encode(to encoder: any Encoder) throws {
    // The keys of the method stand beside those of all methods.
    try body.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(input, forKey: .input)
    try container.encode(image, forKey: .image)
    try container.encode(_calibration, forKey: .calibration)
    try container.encode(parameters, forKey: .parameters)
    try container.encode(settings, forKey: .settings)
    try container.encodeIfPresent(registration, forKey: .registration)
    try container.encodeIfPresent(seed, forKey: .seed)
    try container.encode(timings, forKey: .timings)
    try container.encode(version, forKey: .version)
    try container.encode(warnings, forKey: .warnings)
  }
}
