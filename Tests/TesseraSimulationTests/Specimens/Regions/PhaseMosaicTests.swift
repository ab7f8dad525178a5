import Foundation
import TesseraNumerics
import TesseraSimulation
import Testing

struct `Phases side by side` {
  @Test(arguments: ["two-lattices", "three-phases"], [1, 2] as [UInt64])
  func `have columns on the lattice of their region`(name: String, seed: UInt64) throws {
    let result = try cleanResult(name, seed: seed, size: 1024)
    for site in result.inner(1) {
      let region = Int(site.environmentOriented.split(separator: "~")[1].split(separator: "+")[0])!
      #expect(remainder(fractions(of: site.position, in: result.scene.lattices[region - 1])) < 1e-6)
      // A column half a pixel from the boundary may round into the next region.
      let far = [Point(1, 0), Point(-1, 0), Point(0, 1), Point(0, -1)].map { result.label(at: site.position + $0) }
      #expect(far.contains(region))
    }
    let kinds = Dictionary(grouping: result.sites, by: \.element)
    #expect(kinds.count == result.scene.lattices.count)
    // Each lattice has its Bravais type.
    for lattice in result.scene.lattices {
      let site = result.inner(1).first {
        $0.environmentOriented.contains("~\(result.scene.lattices.firstIndex(of: lattice)! + 1)")
      }!
      let cosine = lattice.a.dot(lattice.b) / (lattice.a.length * lattice.b.length)
      let ratio = lattice.b.length / lattice.a.length
      switch site.element {
      case "oblique": #expect(abs(cosine - cos(75 * .pi / 180)) < 1e-9 && abs(ratio - 26.0 / 24) < 1e-9)
      case "rectangular": #expect(abs(cosine) < 1e-9 && abs(ratio - 1.25) < 1e-9)
      case "square": #expect(abs(cosine) < 1e-9 && abs(ratio - 1) < 1e-9 && abs(lattice.a.length - 24) < 1e-9)
      default: #expect(abs(cosine - 0.5) < 1e-9 && abs(ratio - 1) < 1e-9)
      }
    }
  }

  /// Cells of one area and columns of one weight; the boundary loses a few columns.
  @Test(arguments: ["two-lattices", "three-phases", "amorphous-crystal"], [1, 2, 3] as [UInt64])
  func `are not told apart by their mean intensity`(name: String, seed: UInt64) throws {
    let result = try cleanResult(name, seed: seed, size: 1024)
    let count = name == "three-phases" ? 3 : 2
    let values = result.micrograph.pixels.values
    // Of 5 parts of the brightest pixel 4 are the background.
    let background = name == "three-phases" ? 0.8 * Double(values.max()!) : 0
    var (sums, areas) = ([Double](repeating: 0, count: count), [Double](repeating: 0, count: count))
    for (pixel, label) in zip(values, result.scene.labels!.values) {
      sums[Int(label) - 1] += Double(pixel) - background
      areas[Int(label) - 1] += 1
    }
    let means = zip(sums, areas).map { $0 / $1 }
    #expect(means.max()! / means.min()! < 1.03, "\(means)")
  }

  @Test func `of three kinds meet where the truth says, at low contrast`() throws {
    let result = try cleanResult("three-phases", seed: 9)
    let place = Point(result.scene.facts["triple_point_x"]!, result.scene.facts["triple_point_y"]!)
    let around = (0..<32).map { step in
      result.label(at: place + 4 * Point(cos(Double(step) * .pi / 16), sin(Double(step) * .pi / 16)))
    }
    #expect(Set(around) == [1, 2, 3])
    let values = result.micrograph.pixels.values
    #expect(abs(Double(values.min()! / values.max()!) - 0.8) < 0.01)
  }
}
