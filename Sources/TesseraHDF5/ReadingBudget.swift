/// What may be computed to read one HDF5 file, in seconds of processor time.
///
/// The library runs in circles on some damaged files, within one request or again in each of many. So the budget is for
/// all requests together, and grows only by what a good file takes to give what is asked for: about a tenth of what is
/// allowed here.
package struct ReadingBudget {
  /// To open a file, and for all that is not counted.
  private static let opening = 1.5
  /// Of the file's objects: 20,000, the most that are accepted, are known after 1.2 s and fill some megabytes.
  private static let megabyte = 1.0
  private static let mostObjects = 3.0
  private static let request = 1e-3
  /// Of a value that is read; the slowest filter unpacks some 180 MB a second.
  private static let byte = 1 / 20e6
  /// To find and unpack a chunk, however small: 8 to 15 µs.
  private static let chunk = 100e-6
  /// Bytes of the file that tell where a chunk is, at the least.
  private static let chunkRecord = 8
  /// Bytes that a packed one can stand for: deflate's most.
  private static let largestRatio = 1032

  /// What may be computed from the start of the process on.
  package private(set) var seconds: Double
  private let fileSize: Int
  /// Chunks that the file can hold beside those that were asked for.
  private var chunksLeft: Int

  /// - Parameter fileSize: in bytes.
  package init(fileSize: Int) {
    (self.fileSize, chunksLeft) = (fileSize, fileSize / Self.chunkRecord)
    seconds = Self.opening + min(Self.megabyte * Double(fileSize) / 1e6, Self.mostObjects)
  }

  /// Adds what reading a part of an array takes: `start` and `count` along each axis.
  package mutating func add(_ array: HDF5Array, start: [Int], count: [Int]) {
    var bytes = checkedProduct(count + [array.elementSize]) ?? 0
    if let chunk = array.chunk {
      let touched = checkedProduct(
        zip(chunk, zip(start, count)).map { size, part in
          (part.0 + max(part.1, 1) - 1) / max(size, 1) - part.0 / max(size, 1) + 1
        })
      let chunks = min(touched ?? .max, chunksLeft)
      chunksLeft -= chunks
      seconds += Double(chunks) * Self.chunk
      // Chunks that the library cannot keep are unpacked again for each part.
      let unpacked = touched.flatMap { checkedProduct([$0, array.chunkSize]) } ?? .max
      if unpacked > HDF5File.cacheLimit {
        bytes = max(bytes, min(unpacked, checkedProduct([fileSize, Self.largestRatio]) ?? .max))
      }
    }
    seconds += Self.request + Double(bytes) * Self.byte
  }
}
