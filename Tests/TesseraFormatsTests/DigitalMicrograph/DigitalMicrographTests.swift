import Foundation
import TesseraFormats
import TestSupport
import Testing

struct `DigitalMicrograph files` {
  let folder = TemporaryFolder()

  /// Builds the tag tree of a file by hand. Structure is big-endian; values are little-endian here.
  private struct Builder {
    var isLarge: Bool
    var bytes: [UInt8] = []

    func size(_ value: Int) -> [UInt8] {
      Array((isLarge ? TesseraFormatsTests.bytes(Int64(value)) : TesseraFormatsTests.bytes(Int32(value))).reversed())
    }

    func tag(_ kind: UInt8, _ name: String, _ content: [UInt8]) -> [UInt8] {
      [kind, 0, UInt8(name.utf8.count)] + Array(name.utf8) + (isLarge ? size(content.count) : []) + content
    }

    func group(_ name: String, _ members: [[UInt8]]) -> [UInt8] {
      tag(20, name, [1, 0] + size(members.count) + members.flatMap { $0 })
    }

    func value(_ name: String, type: [Int], _ content: [UInt8]) -> [UInt8] {
      tag(21, name, Array("%%%%".utf8) + size(type.count) + type.flatMap { size($0) } + content)
    }

    func integer(_ name: String, _ value: UInt32) -> [UInt8] {
      self.value(name, type: [5], TesseraFormatsTests.bytes(value))
    }
    func real(_ name: String, _ value: Float) -> [UInt8] {
      self.value(name, type: [6], TesseraFormatsTests.bytes(value.bitPattern))
    }
    func text(_ name: String, _ value: String) -> [UInt8] {
      let units = Array(value.utf16)
      return self.value(name, type: [20, 4, units.count], units.flatMap { TesseraFormatsTests.bytes($0) })
    }

    /// A file with these groups in its root.
    func file(_ members: [[UInt8]]) -> [UInt8] {
      let body: [UInt8] = [1, 0] + size(members.count) + members.flatMap { $0 }
      let version: [UInt8] = [0, 0, 0, isLarge ? 4 : 3]
      return version + size(body.count) + [0, 0, 0, 1] + body + [UInt8](repeating: 0, count: 8)
    }

    /// An image of one data type with a scale and a name.
    func image(
      _ name: String, _ sizes: [UInt32], dataType: UInt32, code: Int, count: Int, _ values: [UInt8],
      units: String = "nm", detector: String? = nil
    )
      -> [UInt8]
    {
      let tags = detector.map { group("ImageTags", [group("DataBar", [text("Signal Name", $0)])]) }
      let axes = sizes.map { _ in group("", [real("Origin", 2), real("Scale", 0.5), text("Units", units)]) }
      return group(
        "",
        [
          group(
            "ImageData",
            [
              group("Calibrations", [group("Dimension", axes)]),
              value("Data", type: [20, code, count], values),
              integer("DataType", dataType),
              group("Dimensions", sizes.map { integer("", $0) }),
            ]),
          text("Name", name),
        ] + (tags.map { [$0] } ?? []))
    }
  }

  private let sixteen: [UInt8] = [1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 1]

  @Test(arguments: [false, true]) func `of both versions give pixels, scale and name`(isLarge: Bool) throws {
    let builder = Builder(isLarge: isLarge)
    let image = builder.image("HAADF", [3, 2], dataType: 10, code: 4, count: 6, sixteen)
    let file = try ImageFile.open(path: folder.file("a.dm", builder.file([builder.group("ImageList", [image])])))
    #expect(file.format == "DigitalMicrograph")
    #expect(file.datasets.map(\.name) == ["HAADF"])
    #expect(file.datasets[0].shape == [2, 3])
    #expect(file.datasets[0].axes[1].offset == -1)
    let micrograph = try file.read()
    #expect(micrograph.pixels.values == [1, 2, 3, 4, 5, 262])
    #expect(micrograph.calibration?.nanometresPerPixelX == 0.5)
  }

  @Test func `hide their thumbnails`() throws {
    let builder = Builder(isLarge: false)
    let small = builder.image("thumbnail", [1, 1], dataType: 6, code: 8, count: 1, [9])
    let image = builder.image("data", [3, 2], dataType: 10, code: 4, count: 6, sixteen)
    let file = try ImageFile.open(
      path: folder.file(
        "a.dm3",
        builder.file([
          builder.group("ImageList", [small, image]),
          builder.group("Thumbnails", [builder.group("", [builder.integer("ImageIndex", 0)])]),
        ])))
    #expect(file.datasets.map(\.name) == ["data"])
  }

  @Test func `of several images give each its own detector`() throws {
    let builder = Builder(isLarge: true)
    let images = ["HAADF", "BF"].map { name in
      builder.image(name, [3, 2], dataType: 10, code: 4, count: 6, sixteen, detector: name)
    }
    let file = try ImageFile.open(path: folder.file("a.dm4", builder.file([builder.group("ImageList", images)])))
    #expect(file.datasets.map { $0.acquisition["detector"] } == ["HAADF", "BF"])
    #expect(try file.read(dataset: 1).metadata["detector"] == "BF")
    #expect(file.acquisition["detector"] == "HAADF")
  }

  @Test func `with reciprocal axes are diffraction patterns without a pixel size`() throws {
    let builder = Builder(isLarge: true)
    let image = builder.image("DP", [3, 2], dataType: 10, code: 4, count: 6, sixteen, units: "1/nm")
    let file = try ImageFile.open(path: folder.file("d.dm4", builder.file([builder.group("ImageList", [image])])))
    #expect(file.datasets[0].kind == .diffraction)
    #expect(file.datasets[0].calibration == nil)
  }

  @Test func `of colours put red first`() throws {
    let builder = Builder(isLarge: true)
    let image = builder.image("RGB", [1, 1], dataType: 23, code: 5, count: 1, [10, 20, 30, 255])
    let micrograph = try ImageFile.open(path: folder.file("c.dm4", builder.file([builder.group("ImageList", [image])])))
      .read()
    #expect(abs(micrograph.pixels.values[0] - (0.299 * 30 + 0.587 * 20 + 0.114 * 10)) < 1e-4)
  }

  /// The transform of a real image, F(k) = sum f(r) exp(-2 pi i k r / n), with zero frequency in the middle.
  private func transform(_ image: [Double], side: Int) -> [(Double, Double)] {
    var result: [(Double, Double)] = []
    for row in 0..<side {
      for column in 0..<side {
        var (real, imaginary) = (0.0, 0.0)
        for y in 0..<side {
          for x in 0..<side {
            let phase: Int = (row - side / 2) * y + (column - side / 2) * x
            let angle: Double = -2 * Double.pi * Double(phase) / Double(side)
            real += image[y * side + x] * cos(angle)
            imaginary += image[y * side + x] * sin(angle)
          }
        }
        result.append((real, imaginary))
      }
    }
    return result
  }

  private func numbers(_ values: [(Double, Double)]) -> [UInt8] {
    var result: [UInt8] = []
    for value in values {
      result += TesseraFormatsTests.bytes(Float(value.0).bitPattern)
      result += TesseraFormatsTests.bytes(Float(value.1).bitPattern)
    }
    return result
  }

  /// A real image of whole numbers without any symmetry.
  private func image(side: Int) -> [Double] {
    var values: [Double] = []
    for index in 0..<side * side {
      let number: Int = index * 37 + index * index * 11
      values.append(Double(number % 23))
    }
    return values
  }

  /// Whether the amplitudes are those of a transform; single precision holds seven digits of sums up to about 300.
  private func expect(_ pixels: [Float], are whole: [(Double, Double)]) {
    #expect(pixels.count == whole.count)
    for (value, expected) in zip(pixels, whole) {
      let square: Double = expected.0 * expected.0 + expected.1 * expected.1
      #expect(abs(Double(value) - square.squareRoot()) < 1e-3)
    }
  }

  @Test(arguments: [5, 6]) func `of half a transform give the whole`(side: Int) throws {
    let whole = transform(image(side: side), side: side)
    // Columns of the frequencies 0, -1, ... -side/2.
    var half: [(Double, Double)] = []
    for y in 0..<side {
      for x in 0...side / 2 { half.append(whole[y * side + side / 2 - x]) }
    }
    let builder = Builder(isLarge: true)
    let sizes = [UInt32(side), UInt32(side)]
    let data = builder.image(
      "FFT", sizes, dataType: 27, code: 6, count: 2 * half.count, numbers(half), units: "1/nm")
    let file = try ImageFile.open(path: folder.file("h.dm4", builder.file([builder.group("ImageList", [data])])))
    expect(try file.read().pixels.values, are: whole)
  }

  @Test func `of a packed transform give the whole`() throws {
    let (side, half) = (6, 3)
    let whole = transform(image(side: side), side: side)
    func at(_ x: Int, _ y: Int) -> (Double, Double) { whole[(y + half) * side + x + half] }
    var pairs: [(Double, Double)] = []
    for row in 0..<side {
      if row == 0 {
        pairs.append((at(-half, 0).0, at(-half, -half).0))
      } else if row == half {
        pairs.append((at(0, 0).0, at(0, -half).0))
      } else {
        pairs.append(row < half ? at(-half, row) : at(0, row - half))
      }
      for x in 1..<half { pairs.append(at(x, row - half)) }
    }
    let builder = Builder(isLarge: false)
    let sizes = [UInt32(side), UInt32(side)]
    let data = builder.image(
      "FFT", sizes, dataType: 5, code: 6, count: 2 * pairs.count, numbers(pairs), units: "1/nm")
    let file = try ImageFile.open(path: folder.file("p.dm3", builder.file([builder.group("ImageList", [data])])))
    #expect(file.datasets[0].type == .complex64)
    expect(try file.read().pixels.values, are: whole)
  }

  @Test func `that are cut within the pixels say how many bytes are missing`() throws {
    let builder = Builder(isLarge: false)
    let whole = builder.file([
      builder.group("ImageList", [builder.image("x", [3, 2], dataType: 10, code: 4, count: 6, sixteen)])
    ])
    let place = try #require(whole.indices.first { whole[$0...].starts(with: sixteen) })
    let error = #expect(throws: FormatError.self) {
      try ImageFile.open(path: folder.file("cut.dm3", Array(whole.prefix(place + 4))))
    }
    #expect(error?.description.contains("expected 12 bytes, found 4") == true)
  }

  @Test func `nested too deeply are refused`() throws {
    let builder = Builder(isLarge: false)
    var nest = builder.group("x", [])
    for _ in 0..<200 { nest = builder.group("x", [nest]) }
    #expect(throws: FormatError.self) { try ImageFile.open(path: folder.file("n.dm3", builder.file([nest]))) }
  }

  @Test(.slow) func `damaged in any way throw a sentence`() throws {
    for isLarge in [false, true] {
      let builder = Builder(isLarge: isLarge)
      let image = builder.image("HAADF", [3, 2], dataType: 10, code: 4, count: 6, sixteen)
      try checkDamaged(builder.file([builder.group("ImageList", [image])]), mutations: 600, seed: 5)
    }
  }
}
