import TesseraFormats
import TestSupport
import Testing

private let cases = Repository.sharedCases.path

@Suite(.enabled(if: Repository.hasSharedCases, "the folder ../shared/data/cases is not there"))
struct `Files of other programs' bug reports` {
  @Test(
    arguments: [
      ("02-bom-first-row-lost/bom.csv", 0, [96, 128]), ("02-bom-first-row-lost/plain.csv", 0, [96, 128]),
      ("04-default-dataset/fft.emd", 1, [96, 160]), ("04-default-dataset/many.h5", 2, [96, 128]),
      ("05-py4dstem-mirrored/py4dstem.h5", 0, [96, 160]),
      ("22-imagej-large-stack-cut/one-ifd-cut.tif", 0, [4, 256, 256]),
      ("16-tia-documents/many.emi", 0, [96, 160]), ("16-tia-documents/part.emi", 0, [96, 160]),
    ] as [(String, Int, [Int])])
  func `give the right image when none is named`(path: String, dataset: Int, shape: [Int]) throws {
    let file = try ImageFile.open(path: "\(cases)/\(path)")
    #expect(file.defaultDataset == dataset)
    #expect(file.datasets[dataset].shape == shape)
  }

  @Test(arguments: [
    ("02-bom-first-row-lost/one-bad-field.csv", "line 1, column 6"), ("20-macos-shadow-file/._scan.dm4", "AppleDouble"),
  ]) func `that hold none say so`(path: String, words: String) {
    let error = #expect(throws: FormatError.self) { try ImageFile.open(path: "\(cases)/\(path)") }
    #expect(error?.description.contains(words) == true)
  }

  @Test func `of several detectors keep them apart`() throws {
    let velox = try ImageFile.open(path: "\(cases)/03-contrast-of-another-detector/haadf-abf.emd")
    #expect(velox.datasets.map { $0.acquisition["detector"] } == ["HAADF", "BF-S"])
    let channels = try ImageFile.open(path: "\(cases)/18-channels-averaged-as-frames/composite.tif")
    #expect(channels.datasets.map(\.name) == ["HAADF", "BF"] && channels.datasets.map(\.frameCount) == [1, 1])
    #expect(try ImageFile.open(path: "\(cases)/16-tia-documents/many.emi").datasets.count == 12)
  }

  @Test func `of MRC have the right size and a warning where bytes may be unsigned`() throws {
    let size = try ImageFile.open(path: "\(cases)/21-mrc-unsigned-bytes/mapc2.mrc").datasets[0].calibration
    #expect(size.map { abs($0.nanometresPerPixelX - 0.03) < 1e-8 && abs($0.nanometresPerPixelY - 0.02) < 1e-8 } == true)
    let bytes = try ImageFile.open(path: "\(cases)/21-mrc-unsigned-bytes/old-unsigned.mrc")
    #expect(bytes.warnings.contains { $0.contains("signed") })
  }
}
