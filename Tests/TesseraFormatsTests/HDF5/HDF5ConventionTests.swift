import TesseraFormats
import TestSupport
import Testing

struct `Axes of Berkeley EMD and its descendants` {
  private let folder = TemporaryFolder()
  private let values = (0..<24).map { UInt16($0) }

  /// An array of 4 rows and 6 columns, whose axes have these names.
  private func file(group: String, kind: String, data: String, axes: (String, String)) throws -> ImageFile {
    do {
      let builder = HDF5Builder(folder / "a.h5")
      builder.text(group, "emd_group_type", kind)
      builder.array("\(group)/\(data)", [4, 6], values)
      builder.array("\(group)/dim1", [2], attributes: ["name": axes.0, "units": "[n_m]"], [0, 2])
      builder.array("\(group)/dim2", [2], attributes: ["name": axes.1, "units": "[n_m]"], [0, 3])
    }
    return try ImageFile.open(path: folder / "a.h5")
  }

  /// The x of py4DSTEM runs down, and a name says nothing of what other programs mean.
  @Test(arguments: [("Rx", "Ry", "array"), ("R_x", "R_y", "array"), ("x", "y", "1"), ("y", "x", "1")])
  func `run down and right, whatever they are called`(first: String, second: String, kind: String) throws {
    let file = try file(group: "root/adf", kind: kind, data: "data", axes: (first, second))
    #expect(file.datasets[0].shape == [4, 6])
    #expect(try file.read().pixels.values == values.map { Float($0) })
    let size = try #require(file.datasets[0].calibration)
    #expect(size.nanometresPerPixelX == 3 && size.nanometresPerPixelY == 2)
  }

  @Test func `of Prismatic run right and down`() throws {
    let file = try file(
      group: "4DSTEM_simulation/data/realslices/adf", kind: "1", data: "realslice", axes: ("R_x", "R_y"))
    #expect(file.datasets[0].shape == [6, 4])
    #expect(try file.read().pixels.values.prefix(4) == [0, 6, 12, 18])
    let size = try #require(file.datasets[0].calibration)
    #expect(size.nanometresPerPixelX == 2 && size.nanometresPerPixelY == 3)
  }
}

struct `HDF5 files of DigitalMicrograph` {
  private let folder = TemporaryFolder()

  @Test func `give images with scale and detector, not their thumbnails`() throws {
    do {
      let builder = HDF5Builder(folder / "a.dm5")
      builder.array("ImageList/[0]/ImageData/Data", [2, 2], [0, 0, 0, 0])
      builder.number("Thumbnails/[0]", "ImageIndex", 0)
      for index in [1, 10, 2] {
        let image = "ImageList/[\(index)]"
        builder.array("\(image)/ImageData/Data", [2, 3], (0..<6).map { UInt16(index * 10 + $0) })
        builder.text(image, "Name", "scan \(index)")
        for (axis, scale) in [0.5, 0.25].enumerated() {
          builder.number("\(image)/ImageData/Calibrations/Dimension/[\(axis)]", "Scale", scale)
          builder.number("\(image)/ImageData/Calibrations/Dimension/[\(axis)]", "Origin", 2)
          builder.text("\(image)/ImageData/Calibrations/Dimension/[\(axis)]", "Units", "nm")
        }
        builder.text("\(image)/ImageTags/DataBar", "Signal Name", index == 2 ? "BF" : "HAADF")
      }
    }
    let file = try ImageFile.open(path: folder / "a.dm5")
    #expect(file.format == "DigitalMicrograph HDF5")
    #expect(file.datasets.map(\.name) == ["scan 1", "scan 2", "scan 10"])
    #expect(file.datasets.map { $0.acquisition["detector"] } == ["HAADF", "BF", "HAADF"])
    let image = try file.read(dataset: 1)
    #expect(image.pixels.values == [20, 21, 22, 23, 24, 25])
    #expect(image.calibration?.nanometresPerPixelX == 0.5 && image.calibration?.nanometresPerPixelY == 0.25)
    #expect(file.datasets[1].axes[1].offset == -1)
  }

  @Test func `may have an empty thumbnail that nothing names`() throws {
    do {
      let builder = HDF5Builder(folder / "b.dm5")
      builder.array("ImageList/[0]/ImageData/Data", [0, 0], [])
      builder.array("ImageList/[1]/ImageData/Data", [2, 3], [1, 2, 3, 4, 5, 6])
    }
    #expect(try ImageFile.open(path: folder / "b.dm5").read().pixels.values == [1, 2, 3, 4, 5, 6])
  }
}
