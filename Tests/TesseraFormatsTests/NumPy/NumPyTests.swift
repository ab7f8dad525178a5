import Foundation
import TesseraFormats
import TesseraNumerics
import TestSupport
import Testing

struct `NumPy files` {
  let folder = TemporaryFolder()

  /// A version 1.0 file by hand.
  private func npy(_ descr: String, shape: String, fortran: Bool = false, _ values: [UInt8], version: UInt8 = 1)
    -> [UInt8]
  {
    let header = Array(
      "{'descr': '\(descr)', 'fortran_order': \(fortran ? "True" : "False"), 'shape': \(shape), }\n".utf8)
    let count = version == 1 ? bytes(UInt16(header.count)) : bytes(UInt32(header.count))
    return [0x93] + Array("NUMPY".utf8) + [version, 0] + count + header + values
  }

  @Test func `come back bit for bit`() throws {
    let image = ramp(width: 7, height: 5)
    try NPYWriter.write(image.values, shape: [5, 7], to: folder / "a.npy")
    let file = try ImageFile.open(path: folder / "a.npy")
    #expect(file.format == "NPY")
    #expect(file.datasets[0].shape == [5, 7])
    #expect(file.datasets[0].kind == .image)
    #expect(file.datasets[0].calibration == nil)
    #expect(try file.read().pixels == image)
  }

  @Test(
    arguments: [
      ("|u1", [1, 2, 3, 250]), ("<i2", [1, 0, 2, 0, 3, 0, 250, 0]), (">u2", [0, 1, 0, 2, 0, 3, 0, 250]),
      ("<f2", [0x00, 0x3C, 0x00, 0x40, 0x00, 0x42, 0xD0, 0x5B]),
      (">i4", [0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 250]),
    ] as [(String, [UInt8])])
  func `of every type and order give the same numbers`(descr: String, values: [UInt8]) throws {
    for version: UInt8 in 1...3 {
      let path = folder.file("t.npy", npy(descr, shape: "(2, 2)", values, version: version))
      #expect(try ImageFile.open(path: path).read().pixels.values == [1, 2, 3, 250])
    }
  }

  @Test func `with one channel at the end are images`() throws {
    for shape in ["(2, 3, 1)", "(1, 2, 3, 1)", "(1, 2, 3, 1, 1)"] {
      let path = folder.file("c.npy", npy("|u1", shape: shape, [1, 2, 3, 4, 5, 6]))
      let image = try ImageFile.open(path: path).read().pixels
      #expect(image.width == 3 && image.height == 2 && image.values == [1, 2, 3, 4, 5, 6], "\(shape)")
    }
    let path = folder.file("s.npy", npy("|u1", shape: "(2, 2, 2, 1)", [1, 2, 3, 4, 5, 6, 7, 8]))
    #expect(try ImageFile.open(path: path).read(frame: 1).pixels.values == [5, 6, 7, 8])
    // A single column of pixels is one.
    let column = folder.file("k.npy", npy("|u1", shape: "(3, 1)", [1, 2, 3]))
    #expect(try ImageFile.open(path: column).read().pixels.height == 3)
  }

  @Test func `in column order are turned`() throws {
    let path = folder.file("f.npy", npy("|u1", shape: "(2, 3)", fortran: true, [1, 4, 2, 5, 3, 6]))
    #expect(try ImageFile.open(path: path).read().pixels.values == [1, 2, 3, 4, 5, 6])
  }

  @Test func `of complex numbers give the amplitude, with a warning`() throws {
    let values = [Float(3), 4, -5, 12].flatMap { bytes($0.bitPattern) }
    let micrograph = try ImageFile.open(path: folder.file("c.npy", npy("<c8", shape: "(1, 2)", values))).read()
    #expect(micrograph.pixels.values == [5, 13])
    #expect(micrograph.warnings.contains { $0.contains("amplitude") })
  }

  @Test func `with the frames last are warned about and read with the option`() throws {
    let values = (0..<9 * 8 * 2).map { UInt8($0) }
    let path = folder.file("s.npy", npy("|u1", shape: "(9, 8, 2)", values))
    let plain = try ImageFile.open(path: path)
    #expect(plain.warnings.contains { $0.contains("“frame axis = last”") })
    var options = ReadingOptions()
    options.frameAxis = .last
    let file = try ImageFile.open(path: path, options: options)
    #expect(file.datasets[0].shape == [2, 9, 8])
    #expect(file.warnings.isEmpty)
    #expect(try file.read(frame: 1).pixels[3, 2] == Float((2 * 8 + 3) * 2 + 1))
  }

  @Test func `frames are chosen and averaged`() throws {
    try NPYWriter.write([1, 2, 3, 4, 5, 6, 7, 8], shape: [2, 2, 2], to: folder / "s.npy")
    let file = try ImageFile.open(path: folder / "s.npy")
    #expect(try file.read(frame: 1).pixels.values == [5, 6, 7, 8])
    #expect(try file.read(meanOf: 0...1).pixels.values == [3, 4, 5, 6])
    #expect(try file.read().warnings.contains { $0.contains("2 frames") })
    #expect(throws: FormatError.self) { try file.read(frame: 2) }
    #expect(throws: FormatError.self) { try file.read(meanOf: 1...2) }
  }

  @Test func `that claim more than they hold are refused without memory`() {
    for shape in [
      "(30000, 30000)", "(9223372036854775807, 2)", "(4611686018427387904, 4)", "(1000000000000, 1000000000000)",
    ] {
      let path = folder.file("huge.npy", npy("<f4", shape: shape, []))
      let error = #expect(throws: FormatError.self) { try ImageFile.open(path: path) }
      #expect(error?.kind == .unusable)
    }
  }

  @Test func `of colours in a structure give the luminance`() throws {
    let descr = "[('R', '<u2'), ('G', '<u2'), ('B', '<u2'), ('A', '<u2')]"
    var file = npy("<u2", shape: "(1, 1)", [10, 0, 20, 0, 30, 0, 255, 0])
    let header = String(decoding: file[10...].prefix { $0 != 10 }, as: UTF8.self).trimmingCharacters(in: .whitespaces)
      .replacing("'<u2'", with: descr)
    file = Array(file.prefix(8)) + bytes(UInt16(header.utf8.count + 1)) + Array(header.utf8) + [10] + file.suffix(8)
    let read = try ImageFile.open(path: folder.file("c.npy", file))
    #expect(read.datasets[0].channels == 4 && read.datasets[0].type == .uint16)
    #expect(abs(try read.read().pixels.values[0] - (2.99 + 11.74 + 3.42)) < 1e-4)
  }

  @Test func `of objects or records are refused`() {
    for descr in ["|O", "<U5", "<M8[s]"] {
      #expect(throws: FormatError.self) {
        try ImageFile.open(path: folder.file("o.npy", npy(descr, shape: "(1, 1)", [0, 0, 0, 0, 0, 0, 0, 0])))
      }
    }
  }

  @Test(arguments: [1, 700]) func `in Fortran's order give their frames, however far apart values are`(depth: Int)
    throws
  {
    // Element (frame, row, column) holds a number of its own; the first index runs fastest.
    let shape = [2, 3 * depth, 4]
    var values: [UInt8] = []
    for column in 0..<shape[2] {
      for row in 0..<shape[1] { for frame in 0..<shape[0] { values += bytes(Int32(1000 * frame + 10 * row + column)) } }
    }
    let path = folder.file("g.npy", npy("<i4", shape: "(2, \(shape[1]), 4)", fortran: true, values))
    let read = try ImageFile.open(path: path).read(frame: 1).pixels
    #expect(read.width == 4 && read.height == shape[1])
    let isRight = read.values.indices.allSatisfy { read.values[$0] == Float(1000 + 10 * ($0 / 4) + $0 % 4) }
    #expect(isRight)
  }

  @Test(.slow) func `damaged in any way throw a sentence`() throws {
    try checkDamaged(npy("<f4", shape: "(4, 5, 6)", [UInt8](repeating: 7, count: 480)))
    try checkDamaged(npy(">u2", shape: "(20, 30)", fortran: true, [UInt8](repeating: 7, count: 1200)), seed: 2)
  }
}
