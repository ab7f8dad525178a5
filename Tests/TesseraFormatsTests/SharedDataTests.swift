import Foundation
import TesseraFormats
import TestSupport
import Testing

private let images = Repository.sharedImages.path

@Suite(.enabled(if: Repository.hasSharedImages, "the folder ../shared/data is not there"))
struct `Real micrographs` {
  /// Pixel size in nm as the index of the folder states it; nil where the file holds none.
  @Test(
    arguments: [
      ("cdte_tilt_boundary.dm3", [512, 512], 0.0163883), ("batio3_1.dm4", [413, 469], 0.0296599),
      ("batio3_2.dm4", [465, 476], 0.0355919), ("mos2_se_implanted.dm3", [1024, 1024], 0.0126953),
      ("au_nanoparticle_velox.emd", [2048, 2048], 0.0074984), ("cu_nanoparticle_sim.hspy", [434, 434], 1),
      ("srtio3_abf.hdf5", [400, 380], nil), ("tmd_bilayer_23.bmp", [1024, 1024], nil),
      ("dysco3_two_sublattices.png", [1024, 1024], nil), ("graphene_si_2nm.npy", [256, 256], nil),
      ("ni_boride_interface_rgb.tif", [1024, 1024], nil), ("cryo_nsmo.tif", [898, 963], nil),
      ("niobate_dpc_large_cell.tif", [1364, 1368], nil), ("hrstem_precipitates.h5", [5, 1, 768, 768], nil),
    ] as [(String, [Int], Double?)])
  func `have the shape and scale that is known of them`(name: String, shape: [Int], size: Double?) throws {
    let file = try ImageFile.open(path: "\(images)/\(name)")
    #expect(file.datasets[0].shape == shape)
    let micrograph = try file.read(frame: 0)
    let isFinite = micrograph.pixels.values.allSatisfy { $0.isFinite }
    #expect(isFinite)
    switch (micrograph.calibration?.nanometresPerPixelX, size) {
    case (let read?, let wanted?): #expect(abs(read / wanted - 1) < 1e-4)
    case (let read, let wanted): #expect(read == wanted)
    }
  }

  @Test func `of Prismatic's depths are series`() throws {
    let folder = "\(images)/../formats/rosettasciio/rsciio/tests/data/emd"
    let file = try ImageFile.open(path: "\(folder)/Si100_2D_3D_DPC_potential_2slices.emd")
    let shapes = Dictionary(uniqueKeysWithValues: file.datasets.map { ($0.name, $0.shape) })
    #expect(
      shapes == [
        "DPC_CoM": [2, 2, 22, 22], "annular_detector": [2, 22, 22], "ppotential": [4, 16, 16],
        "virtual_detector": [2, 18, 22, 22],
      ])
    let detector = try #require(file.datasets.first { $0.name == "virtual_detector" })
    #expect(detector.kind == .stack && detector.axes[0].name == "depth")
    // 18 images a depth: the same ring of the detector at both depths sees different numbers.
    let shallow = try file.read(dataset: detector.index, frame: 0).pixels
    let deep = try file.read(dataset: detector.index, frame: 18).pixels
    let differs = shallow != deep
    #expect(differs)
  }

  @Test func `stored with the frames last are read with the option`() throws {
    var options = ReadingOptions()
    options.frameAxis = .last
    let file = try ImageFile.open(path: "\(images)/low_dose_series_5.npy", options: options)
    #expect(file.datasets[0].shape == [5, 361, 361])
    #expect(try ImageFile.open(path: "\(images)/low_dose_series_5.npy").warnings.count == 1)
  }
}
