import Foundation
import TesseraFormats
import TesseraImaging
import TesseraMethods
import TesseraNumerics
import TesseraStructure
import TestSupport
import Testing

/// Real images, one for each kind of fault that an earlier version made.
@Suite(.enabled(if: Repository.hasSharedHardImages, "the folder ../shared/data/hard is not there"))
struct `Of real images that misled` {
  private func result(_ name: String) throws -> MotifResult {
    try MotifMethod().result(
      on: ImageFile.open(path: Repository.sharedHardImages.appending(path: name).path).read())
  }

  @Test(.slow) func `a twin boundary makes no vacancies, and both sides are measured`() throws {
    let result = try result("cdte_twin.dm3")
    #expect(result.vacantNodes.isEmpty)
    #expect(result.grains?.grains.map(\.lattice.basis.count) == [2, 2])
    #expect(result.classes.count == 4)
    let strain = try #require(result.strain)
    #expect(strain.grainCount == 2 && strain.planes.knownShare > 0.75)
  }

  @Test(.slow) func `a tilt boundary parts two grains`() throws {
    let result = try result("si_tilt_10deg.dm3")
    let grains = try #require(result.grains).grains
    #expect(grains.count == 2 && grains.allSatisfy { $0.lattice.isSound })
    #expect(result.vacantNodes.isEmpty)
    // The image is scanned with drift, which shears both sides.
    #expect(abs(grains[0].misorientation(to: grains[1]) - 10) < 3)
  }

  @Test(.slow) func `a stack of perovskites has one lattice`() throws {
    let result = try result("pto_sro.hspy")
    let lattice = try #require(result.lattice)
    #expect(result.grains?.grains.count == 1 && lattice.basis.count == 2 && lattice.indexedShare > 0.95)
    #expect(result.vacantNodes.isEmpty)
    // Pseudocubic, about .39 nm across the stack and as much along it, in the file's own scale .36.
    #expect(abs(lattice.grid.u.length / lattice.grid.v.length - 1) < 0.03)
  }

  @Test(.slow) func `a precipitate is told from its matrix`() throws {
    let result = try result("al_precipitate.png")
    #expect(result.structure.kind == .discrete && result.classes.count == 2)
    #expect(result.settings.descriptor.keepsPiston == false)
    #expect(result.classes.sizes[1] > 150 && result.classes.sizes[1] < 220)
    #expect(result.vacantNodes.isEmpty)
  }

  @Test(.slow) func `jumps of the scan are no motifs`() throws {
    let result = try result("srtio3_line_jumps.ser")
    #expect(result.classes.count == 2)
    let warning = try #require(result.warnings.first { $0.contains("the scan jumps") })
    #expect(warning.contains("3 classes") && warning.contains("near lines 18"))
  }

  @Test(.slow, arguments: ["21", "23"]) func `single atoms on a texture are no columns`(number: String) throws {
    let micrograph = try ImageFile.open(
      path: Repository.sharedHardImages.appending(path: "pt_porphyrin_\(number).tif").path
    ).read()
    let found = try ColumnFinder().found(in: Preparation().prepared(micrograph), name: number)
    #expect(found.route == .atoms)
    let labels = try SiteList.read(path: Repository.sharedHardImages.appending(path: "pt_porphyrin_\(number).csv").path)
    #expect(SiteScore(found.sites.positions, truth: labels.positions).f1 > 0.4)
  }

  /// The published fit counted the same columns with this library.
  @Test(.slow) func `a particle is counted by its library`() throws {
    let folder = Repository.sharedHardImages
    var micrograph = try ImageFile.open(path: folder.appending(path: "pt_ir_particle.npy").path).read()
    #expect(try !CountMethod().result(on: micrograph).counts.isStepDetermined)
    micrograph.calibration = Calibration(nanometresPerPixel: 0.01211)
    var method = CountMethod()
    method.library = try CrossSectionLibrary(path: folder.appending(path: "pt_ir_library.csv").path)
    let result = try method.result(on: micrograph)
    let table = try CSVTable(path: folder.appending(path: "pt_ir_particle.csv").path)
    let (x, y, atoms) = (try table.numbers(0), try table.numbers(1), try table.numbers(3))
    let truth = zip(x, y).map { Point($0, $1) }
    let pairs = SiteMatch(result.finding.sites.positions, truth: truth).matches.filter { $0.distance < 3 }
    #expect(pairs.count > 125)
    let errors = pairs.map { abs(Double(result.counts.counts[$0.predicted]) - atoms[$0.truth]) }
    #expect(Double(errors.count { $0 == 0 }) > 0.88 * Double(pairs.count) && errors.allSatisfy { $0 <= 1 })
  }
}
