import Foundation
import TesseraFormats
import TesseraLearning
import TesseraNumerics
import TesseraStructure

extension MotifFolder {
  /// The image that was analysed: the reconstruction and what it leaves. NaN where no classified site reaches.
  /// - Returns: nil where the folder has no `reconstruction.tif`.
  /// - Throws: `FormatError` where the file is damaged or of another size.
  func image() throws -> Raster<Float>? {
    let path = "\(path)/reconstruction.tif"
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    let file = try ImageFile.open(path: path)
    let isStack = file.datasets.count == 1
    func page(_ index: Int) throws -> Raster<Float> {
      try file.read(dataset: isStack ? 0 : index, frame: isStack ? index : 0).pixels
    }
    let (rebuilt, residual) = (try page(0), try page(1))
    guard rebuilt.width == residual.width, rebuilt.height == residual.height,
      imageSize.map({ $0.width == rebuilt.width && $0.height == rebuilt.height }) ?? true
    else { throw FormatError(in: path, "has another size than the image of this result; run analyze or motifs again") }
    return Raster(
      width: rebuilt.width, height: rebuilt.height, values: zip(rebuilt.values, residual.values).map { $0 + $1 })
  }

  /// What the mean moments of some sites show, NaN outside the disc; nil where none of them has a patch.
  func average(of members: [Int]) -> Raster<Float>? {
    let known = members.filter { moments.values.row($0).allSatisfy(\.isFinite) }
    guard !known.isEmpty else { return nil }
    var mean = [Float](repeating: 0, count: moments.values.columns)
    for site in known {
      for column in mean.indices { mean[column] += moments.values[site, column] / Float(known.count) }
    }
    return picture(of: mean)
  }

  /// A patch of these moments, NaN outside the disc.
  func picture(of moments: [Float]) -> Raster<Float> {
    discOnly(zernikeReconstruction(of: moments, side: self.moments.side))
  }
}
