import Foundation
import TesseraMethods
import TesseraNumerics
import TesseraSimulation
import Testing

struct `A site like no other` {
  private func result(_ specimen: String, seed: UInt64, dopants: [String: Double] = [:]) throws
    -> (made: SimulatedMicrograph, found: MotifResult)
  {
    var options = SimulationOptions()
    (options.width, options.height, options.seed) = (512, 512, seed)
    options.vacancies = [0]
    options.dopants = dopants
    let made = try Simulation(specimen: specimen, options: options).run()
    return (made, try MotifMethod().result(on: made.micrograph))
  }

  /// Four tungsten atoms among a thousand columns form no class.
  @Test(.slow) func `is named first`() throws {
    let (made, found) = try result("mos2", seed: 5, dopants: ["W": 0.002])
    let planted = made.sites.filter { $0.defect == "dopant-W" }.map(\.position)
    try #require(planted.count >= 2)
    let half = Double(found.patchSize)
    let whole = planted.filter { $0.x > half && $0.y > half && $0.x < 511 - half && $0.y < 511 - half }
    for place in whole {
      #expect(found.outliers.places.contains { (found.sites[$0.site].position - place).length < 3 }, "\(place)")
    }
    let first = try #require(found.outliers.places.first)
    #expect(planted.contains { ($0 - found.sites[first.site].position).length < 3 })
    #expect(first.heightRatio > 1.5 && first.falseDiscoveryRate < 1e-6)
    let page = found.report()
    #expect(page.sections.first?.title == "Outliers" && page.summary.contains("like none of the motifs"))
    #expect(found.sentences[0].contains("outlier") && found.summary.outliers.count == found.outliers.places.count)
  }

  /// A sulphur column that only the lattice shows takes part in the fit; before, its neighbours were half a pixel off, and one of them
  /// an outlier.
  @Test(.slow, arguments: [2, 3] as [UInt64]) func `is no neighbour of a faint column`(seed: UInt64) throws {
    let (made, found) = try result("mos2", seed: seed)
    #expect(found.outliers.places.isEmpty, "\(found.outliers.places)")
    let truth = PlanarIndex(made.sites.map(\.position))
    let inner = found.sites.sites.filter {
      $0.kind == .column && (20...491).contains($0.position.x) && (20...491).contains($0.position.y)
    }
    let far = inner.filter { site in
      truth.nearest(1, to: site.position).contains { (made.sites[$0].position - site.position).length > 2 }
    }
    #expect(far.isEmpty, "\(far.map(\.position))")
  }

  @Test(.slow, arguments: ["graphene", "srtio3", "hexagonal"], [11, 13] as [UInt64])
  func `is not seen in a perfect crystal`(specimen: String, seed: UInt64) throws {
    let (_, found) = try result(specimen, seed: seed)
    #expect(found.outliers.places.isEmpty && found.summary.outliers.isEmpty)
    #expect(found.report().sections.first?.title != "Outliers")
  }
}
