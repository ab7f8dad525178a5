/// How a file is to be understood where it leaves a choice.
public struct ReadingOptions: Sendable, Equatable {
  /// Which axis of a three-dimensional array counts the frames.
  public enum FrameAxis: String, Sendable, CaseIterable {
    /// The slowest axis, as in stacks made with NumPy, or the fastest one.
    case first, last
  }

  /// Largest number of pixels of one image; protects against headers that lie about compressed data.
  public var pixelLimit = 1 << 31
  /// Largest number of pixels that are read at once, over all frames, of a file that is packed more tightly than noise can be
  /// (`ImageFile.mostPacking`), each four of its channels counting as an image: what unpacks to more holds next to nothing, and would take memory and time for it. 2²⁵, so that 1 GiB is enough to find that.
  public var packedPixelLimit = 1 << 25
  /// Only plain arrays (NumPy, HDF5) leave this open.
  public var frameAxis = FrameAxis.first

  /// Frames along the first axis, and images of at most 2³¹ pixels.
  public init() {}

  /// For masks and label maps, which may pack as tightly as they like: half of an image of 16,384 x 16,384 pixels is one value.
  public static var labels: ReadingOptions {
    var options = ReadingOptions()
    options.packedPixelLimit = 1 << 28
    return options
  }
}

/// One open file of a certain format: what it holds, and its values frame by frame.
///
/// Opening reads the header only. To add a format, write a reader in a folder of its own and name it in `FileFormat`.
protocol FormatReader: Sendable {
  var datasets: [DatasetDescription] { get }
  /// A name that says more than the format's own; nil if there is none.
  var formatName: String? { get }
  /// Everything the file says about itself.
  var metadata: MetadataTree { get }
  /// The facts a microscopist asks for first (voltage, magnification, detector, date, ...), by name.
  var acquisition: [String: String] { get }
  var warnings: [String] { get }

  /// Gives `body` the values of one frame: row-major, channels interleaved, little-endian, in pieces of whole elements.
  ///
  /// Dataset and frame exist; the pieces together have exactly the size that the description says.
  func stream(dataset: Int, frame: Int, _ body: (RawSpan) throws -> Void) throws
}

extension FormatReader {
  var formatName: String? { nil }
  var metadata: MetadataTree { .empty }
  var acquisition: [String: String] { [:] }
  var warnings: [String] { [] }
}

/// Gives the bytes of an array to `body`. In a function of its own, because a span of a temporary array stops the
/// compiler (Swift 6.3.1, "ownership error" in an optimised build).
func give(_ bytes: [UInt8], to body: (RawSpan) throws -> Void) throws {
  try body(bytes.span.bytes)
}
