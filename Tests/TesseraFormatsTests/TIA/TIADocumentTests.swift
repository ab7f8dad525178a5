import TesseraFormats
import TestSupport
import Testing

struct `Documents of TIA` {
  private let folder = TemporaryFolder()

  /// A series of one image, whose first value tells it from others.
  private func series(_ value: UInt16) -> [UInt8] { TIAExample.series(isLarge: false, images: [[1, 2, value, 4]]) }

  @Test func `have all their series, in the order of the numbers`() throws {
    for number in 1...12 { _ = folder.file("many_\(number).ser", series(UInt16(100 * number))) }
    // Neither a series of this document nor a series.
    _ = folder.file("many_x.ser", series(1))
    _ = folder.file("many_2_1.ser", series(1))
    let file = try ImageFile.open(path: folder.file("many.emi", TIAExample.document))
    #expect(file.datasets.map(\.name) == (1...12).map { "many_\($0).ser" } && file.warnings.isEmpty)
    #expect(try (0..<12).map { try file.read(dataset: $0).pixels.values[0] } == (1...12).map { Float(100 * $0) })
  }

  @Test func `leave out a damaged series, with a warning`() throws {
    _ = folder.file("part_1.ser", series(100))
    _ = folder.file("part_2.ser", Array(series(200).dropLast(5)))
    _ = folder.file("part_4.ser", series(400))
    let file = try ImageFile.open(path: folder.file("part.emi", TIAExample.document))
    #expect(file.datasets.map(\.name) == ["part_1.ser", "part_4.ser"])
    #expect(file.warnings.contains { $0.hasPrefix("part_2.ser is left out: ") })
    #expect(try file.read(dataset: 1).pixels.values[0] == 400)
  }

  @Test func `without a series that can be read say why`() throws {
    _ = folder.file("bad_1.ser", Array(series(100).dropLast(5)))
    let path = folder.file("bad.emi", TIAExample.document)
    let error = #expect(throws: FormatError.self) { try ImageFile.open(path: path) }
    #expect(error?.description.hasPrefix("bad_1.ser: ") == true)
    let lone = folder.file("lone.emi", TIAExample.document)
    let missing = #expect(throws: FormatError.self) { try ImageFile.open(path: lone) }
    #expect(missing?.description.contains("lone_1.ser, which must be in the same folder") == true)
  }

  @Test(arguments: ["UPPER_1.SER", "upper_1.ser", "Upper_1.Ser"])
  func `find series in any case of letters`(name: String) throws {
    _ = folder.file(name, series(100))
    let file = try ImageFile.open(path: folder.file("UPPER.EMI", TIAExample.document))
    #expect(file.datasets.map(\.name) == [name])
  }

  @Test func `take the series that is spelt as they are`() throws {
    _ = folder.file("Scan_1.ser", series(100))
    _ = folder.file("scan_1.ser", series(200))
    for (name, value) in [("Scan.emi", Float(100)), ("scan.emi", 200)] {
      #expect(try ImageFile.open(path: folder.file(name, TIAExample.document)).read().pixels.values[0] == value)
    }
  }
}
