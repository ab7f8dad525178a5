import CZlib
import Foundation
import TesseraHDF5
import TesseraNetworks
import TesseraNumerics
import TestSupport
import Testing

struct `A model file` {
  private let folder = TemporaryFolder()
  private var path: String { folder / "columns.tessera-model" }

  private func model(_ architecture: UNetArchitecture = smallArchitecture) throws -> NetworkModel {
    // Halves hold these numbers exactly.
    let weights = randomNumbers(architecture.weightCount, scale: 0.1, seed: 3).map { ($0 * 1024).rounded() / 1024 }
    let training = TrainingRecord(
      program: "tessera 1.0", data: "simulated: hexagonal and cubic crystals", imageCount: 200, epochs: 12,
      seed: .max, scores: ["meanF1": 0.91, "mean_dice": .infinity])
    return NetworkModel(
      kind: .atoms, network: try UNet(architecture, weights: weights), training: training, licence: "CC0 1.0")
  }

  /// A network of few weights, so that all of its file can be gone through.
  private var tiny: UNetArchitecture {
    var result = UNetArchitecture(channels: [1], bottomChannels: 1)
    (result.downConvolutions, result.upConvolutions, result.bottomConvolutions) = (1, 1, 1)
    result.spacingBranch = [2]
    return result
  }

  private func bytes(of model: NetworkModel) throws -> [UInt8] {
    try model.write(to: path, replacing: true)
    return Array(try #require(FileManager.default.contents(atPath: path)))
  }

  /// What reading these bytes throws; nil if they are read.
  private func refusal(of bytes: [UInt8], kind: NetworkModel.Kind? = nil) throws -> String? {
    let path = folder / "hostile.tessera-model"
    // Plain calls: they are several times as fast as Foundation's.
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    _ = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    close(descriptor)
    do {
      _ = try NetworkModel(readFrom: path, kind: kind)
      return nil
    } catch { return error.description }
  }

  /// With the checksum that belongs to the bytes.
  private func sealed(_ bytes: [UInt8]) -> [UInt8] {
    let body = Array(bytes.dropLast(4))
    let sum = UInt32(truncatingIfNeeded: crc32_z(0, body, body.count))
    return body + (0..<4).map { UInt8(truncatingIfNeeded: sum >> (8 * $0)) }
  }

  /// A file with another description of the same network.
  private func described(_ given: [UInt8]? = nil, _ change: (String) -> String) throws -> [UInt8] {
    let good = try given ?? bytes(of: model())
    let count = Int(good[12]) | Int(good[13]) << 8
    let json = Array(change(String(decoding: good[24..<24 + count], as: UTF8.self)).utf8)
    var head = Array(good[..<24])
    (head[12], head[13], head[14]) = (UInt8(json.count & 255), UInt8(json.count >> 8 & 255), UInt8(json.count >> 16))
    return sealed(head + json + good[(24 + count)...])
  }

  @Test(arguments: [smallArchitecture, .particles]) func `comes back as it was written`(shape: UNetArchitecture) throws
  {
    var model = try model(shape)
    model.normalization.spikeLimit = nil
    try model.write(to: path)
    let read = try NetworkModel(readFrom: path, kind: .atoms)
    #expect(read == model)
    let image = randomImage(width: 50, height: 40)
    #expect(try read.maps(of: image) == model.maps(of: image))
  }

  @Test func `has two bytes for each weight, and rounds to eleven binary digits`() throws {
    var model = try model()
    let weights = randomNumbers(model.network.weights.count, seed: 5)
    model.network = try UNet(smallArchitecture, weights: weights)
    let size = try bytes(of: model).count
    #expect((2 * weights.count..<2 * weights.count + 2000).contains(size))
    let read = try NetworkModel(readFrom: path).network.weights
    for (a, b) in zip(read, weights) { #expect(abs(a - b) <= abs(b) / 2048 + 3e-8) }
  }

  @Test func `is not written over another, nor with weights that half precision does not hold`() throws {
    var model = try model()
    try model.write(to: path)
    #expect(throws: FormatError.self) { try model.write(to: path) }
    var weights = model.network.weights
    weights[3] = 70_000
    model.network = try UNet(smallArchitecture, weights: weights)
    #expect(throws: DataError.self) { try model.write(to: folder / "large.tessera-model") }
    #expect(!FileManager.default.fileExists(atPath: folder / "large.tessera-model"))
  }

  @Test func `cut off anywhere is refused`() throws {
    let good = try bytes(of: model(tiny))
    for count in 0..<good.count { #expect(try refusal(of: Array(good[..<count])) != nil, "\(count)") }
    #expect(try refusal(of: good + [0]) != nil)
    #expect(try refusal(of: good) == nil)
  }

  @Test func `with any byte changed is refused`() throws {
    let good = try bytes(of: model(tiny))
    for index in good.indices {
      var bytes = good
      bytes[index] ^= 1 << UInt8(index % 8)
      #expect(try refusal(of: bytes) != nil, "byte \(index)")
    }
  }

  /// A sealed file says what its maker wanted, which must not end the program either.
  @Test func `with any byte changed, and the checksum of what it became, is read or refused`() throws {
    let good = try bytes(of: model(tiny))
    var random = RandomSource(seed: 1)
    for index in good.indices.dropLast(4) {
      var bytes = good
      bytes[index] = UInt8(random.index(below: 256))
      _ = try refusal(of: sealed(bytes))
    }
  }

  @Test func `of something else is refused with what it is`() throws {
    let good = try bytes(of: model())
    #expect(try refusal(of: [1, 2, 3])?.contains("has 3 bytes; a Tessera model has more than 24") == true)
    #expect(try refusal(of: [UInt8](repeating: 65, count: 100))?.contains("is no Tessera model") == true)
    var bytes = good
    bytes[8] = 2
    #expect(try refusal(of: bytes)?.contains("version 2, but this program reads version 1") == true)
    #expect(
      try refusal(of: good, kind: .particles)
        == "hostile.tessera-model: is a model of atoms, but a model of particles is needed here")
    bytes = good
    bytes[good.count - 200] ^= 1
    #expect(try refusal(of: bytes)?.contains("checksum") == true)
    #expect(throws: FormatError.self) { try NetworkModel(readFrom: folder / "missing.tessera-model") }
    do {
      _ = try NetworkModel(readFrom: folder.path)
      Issue.record("a folder is read")
    } catch { #expect(error.description.hasSuffix("not a file; name a .tessera-model file")) }
  }

  @Test func `that claims sizes beyond its own is refused before they are asked for`() throws {
    let good = try bytes(of: model())
    for (place, count) in [(12, 4), (16, 8)] {
      for value: UInt8 in [0xFF, 0x7F, 0x80] {
        var bytes = good
        for index in 0..<count { bytes[place + index] = index == count - 1 ? value : 0xFF }
        #expect(try refusal(of: sealed(bytes))?.contains("truncated or damaged") == true)
      }
    }
  }

  @Test func `whose description does not fit is refused with the reason`() throws {
    func changed(_ old: String, _ new: String) throws -> String {
      let bytes = try described { text in
        #expect(text.contains(old))
        return text.replacingOccurrences(of: old, with: new)
      }
      return try refusal(of: bytes) ?? "read"
    }
    #expect(try changed("\"bottom_channels\" : 6", "\"bottom_channels\" : 7").contains("weights, but the network"))
    #expect(try changed("\"bottom_channels\" : 6", "\"bottom_channels\" : 1000000000000").contains("1 ... 4096"))
    #expect(try changed("\"bottom_channels\" : 6", "\"bottom_channels\" : 1e300").contains("too large"))
    #expect(try changed("\"bottom_channels\" : 6", "\"bottom_channels\" : -6").contains("1 ... 4096"))
    #expect(try changed("\"bottom_channels\" : 6", "\"x\" : 6").contains("architecture.bottomChannels is missing"))
    #expect(try changed("\"atoms\"", "\"clouds\"").contains("kind has a value that is unknown"))
    #expect(try changed("\"kernel_size\" : 3", "\"kernel_size\" : 2").contains("1, 3, 5 or 7"))
    #expect(try changed("\"spike_limit\" : 5", "\"spike_limit\" : \"nan\"").contains("spike limit"))
    #expect(try changed("{", "").contains("no JSON"))
  }

  @Test func `with weights that are no numbers is refused`() throws {
    var bytes = try bytes(of: model())
    bytes[bytes.count - 5] = 0x7C
    bytes[bytes.count - 6] = 0
    #expect(try refusal(of: sealed(bytes))?.contains("no finite numbers") == true)
  }

  /// The model with a calibration and a spread of training images.
  private func doubtingModel() throws -> NetworkModel {
    var model = try model()
    model.calibration = ProbabilityCalibration(slope: 0.75, offset: -0.25)
    model.trainingSpread = TrainingSpread(
      mean: [1, 2, 3, 4, 5, 6.1], axes: [[1, 0, 0, 0, 0, 0], [0, 0.1, 0, 0, 0, 1e-30]], limit: 2.5)
    return model
  }

  @Test func `keeps what it says of its doubt, and has none where it was given none`() throws {
    let good = try bytes(of: doubtingModel())
    let read = try NetworkModel(bytes: good, name: "columns", kind: .atoms)
    #expect(try read == doubtingModel())
    let maps = try read.maps(of: randomImage(width: 40, height: 40))
    let unlikeness = try #require(read.unlikeness(of: maps))
    #expect(unlikeness.limit == 2.5 && unlikeness.distance > 0)
    let plain = try NetworkModel(bytes: bytes(of: model()), name: "columns")
    #expect(plain.calibration == ProbabilityCalibration() && plain.unlikeness(of: maps) == nil)
    #expect(try !described { $0 }.contains(sequence: "calibration") && good.contains(sequence: "calibration"))
  }

  @Test func `is known by its checksum`() throws {
    let good = try bytes(of: model())
    let last = good.suffix(4).reversed().map { String(format: "%02x", $0) }.joined()
    #expect(try NetworkModel(bytes: good, name: "columns").checksum == last)
    #expect(try NetworkModel(readFrom: path).checksum == last)
    #expect(try model().checksum == nil)
  }

  @Test func `with a doubt that cannot be is refused with the reason`() throws {
    func changed(_ old: String, _ new: String) throws -> String {
      let good = try bytes(of: doubtingModel())
      let bytes = try described(good) { text in
        #expect(text.contains(old))
        return text.replacingOccurrences(of: old, with: new)
      }
      return try refusal(of: bytes) ?? "read"
    }
    for value in ["\"nan\"", "\"inf\"", "1e400", "\"steep\"", "null", "[1]"] {
      #expect(try changed("\"slope\" : 0.75", "\"slope\" : \(value)") != "read", "\(value)")
      #expect(try changed("\"limit\" : 2.5", "\"limit\" : \(value)") != "read", "\(value)")
      #expect(try changed("6.1", value) != "read", "\(value)")
    }
    #expect(try changed("\"slope\" : 0.75", "\"slope\" : \"nan\"").contains("calibration of slope nan"))
    #expect(try changed("\"offset\" : -0.25", "\"x\" : 1").contains("calibration.offset is missing"))
    #expect(try changed("\"limit\" : 2.5", "\"limit\" : 0").contains("limit of the training spread must be positive"))
    #expect(try changed("\"limit\" : 2.5", "\"limit\" : -1").contains("limit of the training spread must be positive"))
    #expect(try changed("6.1", "6.1, 7").contains("mean of the training spread must be 6"))
    #expect(try changed("6.1", "\"nan\"").contains("finite numbers"))
    #expect(try changed("0.1,", "").contains("an axis of the training spread must be 6"))
    #expect(try changed("\"axes\" : [", "\"axes\" : [], \"others\" : [").contains("1 ... 6 in number"))
    #expect(try changed("\"training_spread\"", "\"training_spread\" : 3, \"other\"") != "read")
    // What nobody knows is passed over.
    #expect(try changed("\"limit\" : 2.5", "\"limit\" : 2.5, \"colour\" : \"blue\"") == "read")
  }
}

extension [UInt8] {
  fileprivate func contains(sequence text: String) -> Bool {
    String(decoding: self[24..<24 + (Int(self[12]) | Int(self[13]) << 8)], as: UTF8.self).contains(text)
  }
}
