import Foundation
import TesseraFormats
import TesseraNumerics
import Testing

/// Damages a good file in many ways and reads the result: each reading must give an image or a `FormatError`.
///
/// - Parameters:
///   - truncations, mutations: how many of each. A mutation changes one to eight bytes, most of them in the first part
///     of the file, where the header is.
func checkDamaged(
  _ good: [UInt8], suffix: String = "bin", truncations: Int = 40, mutations: Int = 300, seed: UInt64 = 1,
  in folder: TemporaryFolder = TemporaryFolder()
) throws {
  var random = RandomSource(seed: seed)
  let path = folder / "damaged.\(suffix)"
  func check(_ bytes: [UInt8], _ what: @autoclosure () -> String) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    let start = ContinuousClock.now
    do {
      let file = try ImageFile.open(path: path)
      for dataset in file.datasets.prefix(4) {
        if dataset.isImage, dataset.width * dataset.height < 1 << 24 {
          _ = try file.read(dataset: dataset.index, frame: dataset.frameCount - 1)
        }
      }
    } catch let error as FormatError {
      #expect(!error.description.isEmpty)
    } catch {
      Issue.record("\(what()): \(error)")
    }
    #expect(ContinuousClock.now - start < .seconds(5), "\(what()) takes too long")
  }
  for index in 0..<truncations { try check(Array(good.prefix(good.count * index / truncations)), "cut \(index)") }
  let end = ContinuousClock.now + .seconds(60 * fuzzMinutes)
  var index = 0
  while index < mutations || ContinuousClock.now < end {
    try check(mutated(good, using: &random), "mutation \(index)")
    index += 1
  }
}

/// Minutes that each reader is tested beyond its number of mutations; `make fuzz` sets them.
private let fuzzMinutes = ProcessInfo.processInfo.environment["TESSERA_FUZZ_MINUTES"].flatMap { Double($0) } ?? 0

/// The bytes with one to eight of them changed, to a value of any kind or one that lies at an edge.
private func mutated(_ good: [UInt8], using random: inout RandomSource) -> [UInt8] {
  let edges: [UInt8] = [0, 1, 0x7F, 0x80, 0xFF]
  var bytes = good
  for _ in 0...Int.random(in: 0..<8, using: &random) {
    let reach = Bool.random(using: &random) ? bytes.count : min(bytes.count, 512)
    bytes[Int.random(in: 0..<reach, using: &random)] =
      Bool.random(using: &random) ? edges.randomElement(using: &random)! : UInt8.random(in: 0...255, using: &random)
  }
  return bytes
}

/// Lets HDF5 files be read by the command beside the tests, as the command itself does; false if it is not there.
let readsHDF5InChild: Bool = {
  guard let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") else { return false }
  let command = URL(fileURLWithPath: program).deletingLastPathComponent().appending(path: "tessera").path
  guard FileManager.default.isExecutableFile(atPath: command) else { return false }
  ChildProcess.helper = [command, "read-hdf5"]
  return true
}()

/// A raster of different values, which single precision and 16 bits hold exactly.
func ramp(width: Int, height: Int, start: Int = 0) -> Raster<Float> {
  Raster(width: width, height: height, values: (0..<width * height).map { Float((start + $0 * 37) % 60_000) })
}

/// Little-endian bytes of a number.
func bytes<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
  (0..<MemoryLayout<Value>.size).map { UInt8(truncatingIfNeeded: value >> Value(8 * $0)) }
}

extension TemporaryFolder {
  /// Writes a file and returns its path.
  func file(_ name: String, _ contents: [UInt8]) -> String {
    _ = FileManager.default.createFile(atPath: self / name, contents: Data(contents))
    return self / name
  }

  func contents(of name: String) -> [UInt8] { Array(FileManager.default.contents(atPath: self / name) ?? Data()) }
}
