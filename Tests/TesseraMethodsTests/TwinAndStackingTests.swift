import Foundation
import TesseraMethods
import TesseraNumerics
import TesseraSimulation
import TesseraStructure
import Testing

/// What the first classes say of boundaries between domains of one material.
struct `Classes at a boundary` {
  /// A result, and for each of its classified sites the true site at the same place.
  private func sorted(
    _ specimen: String, seed: UInt64
  ) throws -> (result: MotifResult, image: SimulatedMicrograph, pairs: [(site: Int, truth: TrueSite)]) {
    var options = SimulationOptions()
    (options.seed, options.width, options.height) = (seed, 512, 512)
    let image = try Simulation(specimen: specimen, options: options).run()
    let result = try MotifMethod().result(on: image.micrograph)
    let match = SiteMatch(result.sites.positions, truth: image.scene.sites.map(\.position))
    let pairs = match.matches.filter { $0.distance < 5 && result.classes.labels[$0.predicted] > 0 }
    return (result, image, pairs.map { ($0.predicted, image.scene.sites[$0.truth]) })
  }

  /// The classes of which most members are so.
  private func classes(
    of result: MotifResult, _ pairs: [(site: Int, truth: TrueSite)], where isSo: (TrueSite) -> Bool
  ) -> Set<Int> {
    var counts = [Int: (yes: Int, all: Int)]()
    for pair in pairs {
      let label = result.classes.labels[pair.site]
      counts[label, default: (0, 0)].all += 1
      if isSo(pair.truth) { counts[label]!.yes += 1 }
    }
    return Set(counts.filter { 2 * $0.value.yes > $0.value.all }.keys)
  }

  @Test(.slow, arguments: [1, 2, 3] as [UInt64]) func `columns of a twin boundary are found`(seed: UInt64) throws {
    let (result, _, pairs) = try sorted("mose2-mirror-twin", seed: seed)
    let isShared = { (site: TrueSite) in site.environment.contains("+twin") }
    let own = classes(of: result, pairs, where: isShared)
    let found = pairs.filter { own.contains(result.classes.labels[$0.site]) }
    let right = found.count { isShared($0.truth) }
    let score = 2 * Double(right) / Double(found.count + pairs.count { isShared($0.truth) })
    #expect(right > 10 && score >= 0.95, "\(score)")
  }

  @Test(.slow, arguments: [1, 2, 3] as [UInt64]) func `stackings are told apart beyond a patch`(seed: UInt64) throws {
    let (result, image, pairs) = try sorted("mose2-2h-3r", seed: seed)
    let isHexagonal = { (site: TrueSite) in site.environment.hasPrefix("2H:") }
    let own = classes(of: result, pairs, where: isHexagonal)
    let facts = image.scene.facts
    let turn = facts["boundary_degrees"]! * .pi / 180
    let far = pairs.filter { pair in
      let offset = pair.truth.position - Point(facts["boundary_x"]!, facts["boundary_y"]!)
      return abs(offset.dot(Point(-sin(turn), cos(turn)))) > Double(result.patchSize)
    }
    let right = far.count { own.contains(result.classes.labels[$0.site]) == isHexagonal($0.truth) }
    #expect(far.count > 400 && Double(right) >= 0.98 * Double(far.count), "\(right) of \(far.count)")
    #expect(Set(far.map { isHexagonal($0.truth) }).count == 2)
  }
}
