import Foundation
import TesseraFormats
import TesseraNumerics
import TestSupport
import Testing

/// Damages a good file in many ways and reads the result: each reading must give an image or a `FormatError`, within five
/// seconds of computing and, where `make fuzz` runs these tests alone, less than 1 GiB.
///
/// - Parameters:
///   - good: what is damaged: a file, or the part of one that `wrap` makes whole, such as data that are packed and summed up.
///   - truncations, mutations: how many of each. `make fuzz` goes on for minutes, in proportion to the mutations.
func checkDamaged(
  _ good: [UInt8], suffix: String = "bin", truncations: Int = 40, mutations: Int = 300, seed: UInt64 = 1,
  in folder: TemporaryFolder = TemporaryFolder(), name: String = #function, file: String = #fileID,
  wrap: ([UInt8]) throws -> [UInt8] = { $0 }
) throws {
  try checkDamaged(
    good, suffix: suffix, truncations: truncations, mutations: mutations, seed: seed, in: folder,
    name: "\(file) \(name)", wrap: wrap, read: readEverything)
}

/// The same for anything that is read: `read` gets the path of the damaged file and gives the number of its warnings.
func checkDamaged(
  _ good: [UInt8], suffix: String, truncations: Int, mutations: Int, seed: UInt64, in folder: TemporaryFolder,
  name: String, wrap: ([UInt8]) throws -> [UInt8], read: @escaping (String) throws -> Int
) throws {
  if let seeds = Fuzzing.seeds { return try Fuzzing.write(try wrap(good), for: name, in: seeds) }
  var random = RandomSource(seed: seed)
  var trials = ReadingTrials(path: folder / "damaged.\(suffix)", read: read)
  for index in 0..<truncations {
    trials.check(try wrap(Array(good.prefix(good.count * index / truncations))), "cut \(index)")
  }
  let damage = Damage(good)
  try trials.repeats(mutations) { index in
    (try wrap(damage.bytes(using: &random)), "mutation \(index)")
  }
  trials.report("\(name), \(good.count) bytes")
}

/// Reads files that are well formed and ask for too much, each as `make` makes it of chance: see `checkDamaged` for what each reading must give.
func checkHostile(
  _ count: Int, suffix: String = "bin", seed: UInt64, in folder: TemporaryFolder = TemporaryFolder(),
  name: String = #function, file: String = #fileID, read: @escaping (String) throws -> Int = readEverything,
  make: (inout RandomSource) -> [UInt8]
) throws {
  var random = RandomSource(seed: seed)
  if let seeds = Fuzzing.seeds {
    for _ in 0..<10 { try Fuzzing.write(make(&random), for: "\(file) \(name)", in: seeds) }
    return
  }
  var trials = ReadingTrials(path: folder / "hostile.\(suffix)", read: read)
  try trials.repeats(count) { index in (make(&random), "file \(index) of seed \(seed)") }
  trials.report("\(file) \(name)")
}

/// Reads the last frame of the first datasets of a file, with a limit of 16 million pixels; the number of warnings.
func readEverything(_ path: String) throws -> Int {
  var options = ReadingOptions()
  options.pixelLimit = 1 << 24
  let image = try ImageFile.open(path: path, options: options)
  var warnings = image.warnings.count
  for dataset in image.datasets.prefix(4) {
    if dataset.isImage {
      warnings += try image.read(dataset: dataset.index, frame: dataset.frameCount - 1).warnings.count
    } else if dataset.frameCount < 64 {
      _ = try image.statistics(dataset: dataset.index)
    }
  }
  _ = try JSONEncoder().encode(image.metadata)
  return warnings
}

/// What came of reading one bad file after another.
struct ReadingTrials {
  let path: String
  let read: (String) throws -> Int
  private var (tried, wasRead, refused, warned) = (0, 0, 0, 0)
  private var slowest = Duration.zero

  init(path: String, read: @escaping (String) throws -> Int) { (self.path, self.read) = (path, read) }

  /// Writes the bytes and reads them; `what` names them where a rule is broken.
  mutating func check(_ bytes: [UInt8], _ what: String) {
    // Plain calls: they are several times as fast as Foundation's.
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    _ = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    close(descriptor)
    let (start, peak) = (Fuzzing.processorTime, Fuzzing.minutes > 0 ? Fuzzing.peak : 0)
    tried += 1
    do {
      warned += try read(path) > 0 ? 1 : 0
      wasRead += 1
    } catch let error as FormatError {
      #expect(!error.description.isEmpty)
      refused += 1
    } catch {
      Issue.record("\(what): \(error)")
    }
    let time = Fuzzing.processorTime - start
    slowest = max(slowest, time)
    if time > .seconds(5) {
      Issue.record("\(what) takes \(time): \(Data(bytes.prefix(100_000)).base64EncodedString())")
    }
    if Fuzzing.minutes > 0, peak < Fuzzing.memory, Fuzzing.peak >= Fuzzing.memory {
      Issue.record("\(what) of \(bytes.count) bytes takes \(Fuzzing.peak >> 20) MiB")
    }
  }

  /// Checks `count` files, or as many as there is time for where `make fuzz` sets one, in proportion to `count`.
  mutating func repeats(_ count: Int, _ next: (Int) throws -> (bytes: [UInt8], what: String)) rethrows {
    let end = ContinuousClock.now + .seconds(60 * Fuzzing.minutes * Double(count) / 300)
    var index = 0
    while index < count || ContinuousClock.now < end {
      let file = try next(index)
      check(file.bytes, file.what)
      index += 1
    }
  }

  /// Prints the numbers where `make fuzz` runs this, and looks at the memory.
  func report(_ name: String) {
    guard Fuzzing.minutes > 0 else { return }
    #expect(Fuzzing.peak < Fuzzing.memory, "reading took more than 1 GiB")
    print(
      "fuzz \(name): \(tried) tried, \(refused) refused, \(wasRead) read, "
        + "\(warned) of them with a warning, slowest \(slowest), peak \(Fuzzing.peak >> 20) MiB")
  }
}

/// What `make fuzz` sets, and what it measures.
enum Fuzzing {
  /// Where good files are written instead of being damaged, as seeds for `make fuzz-address`.
  static let seeds = ProcessInfo.processInfo.environment["TESSERA_FUZZ_SEEDS"]

  /// Writes a file under its checksum, in a folder that the name of the test names.
  static func write(_ file: [UInt8], for test: String, in seeds: String) throws {
    let words = test.split { !$0.isLetter && !$0.isNumber }.filter { !["TesseraFormatsTests", "swift"].contains($0) }
    let folder = URL(fileURLWithPath: seeds).appending(path: words.prefix(4).joined(separator: "-"))
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data(file).write(to: folder.appending(path: "\(Packing.checksum(file))"))
  }

  /// Minutes that a file is damaged for which the quick tests try 300 mutations.
  static let minutes = ProcessInfo.processInfo.environment["TESSERA_FUZZ_MINUTES"].flatMap { Double($0) } ?? 0

  /// What reading a file may take, in bytes.
  static let memory = 1 << 30

  /// Largest memory of this process or of one of its children so far, in bytes.
  static var peak: Int {
    [RUSAGE_SELF, RUSAGE_CHILDREN].map { who in
      var usage = rusage()
      getrusage(__rusage_who_t(who.rawValue), &usage)
      return usage.ru_maxrss << 10
    }.max()!
  }

  /// What this thread has computed so far: other tests and programs do not count. Where these tests run alone, the processes
  /// that have read HDF5 files for them count too.
  static var processorTime: Duration {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    let own: Duration = .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    guard minutes > 0 else { return own }
    var children = rusage()
    getrusage(__rusage_who_t(RUSAGE_CHILDREN.rawValue), &children)
    return [children.ru_utime, children.ru_stime].reduce(own) { $0 + .seconds($1.tv_sec) + .microseconds($1.tv_usec) }
  }
}

/// Lets HDF5 files be read by the program beside the tests, as the command itself does; false if it is not there.
let readsHDF5InChild: Bool = {
  guard let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") else { return false }
  let helper = URL(fileURLWithPath: program).deletingLastPathComponent().appending(path: "tessera-hdf5").path
  guard FileManager.default.isExecutableFile(atPath: helper) else { return false }
  ChildProcess.helper = [helper]
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
