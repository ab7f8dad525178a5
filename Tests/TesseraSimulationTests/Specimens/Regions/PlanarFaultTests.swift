import Foundation
import TesseraNumerics
import TesseraSimulation
import Testing

struct `A fault of a face-centred cubic crystal` {
  static let kinds = ["twin", "stacking-fault"]

  /// In projection a column has four neighbours at a √6/4 = 24 pixels and two at a/√2 = 27.7; the next are 36.7 away.
  @Test(arguments: kinds, [1, 2, 11] as [UInt64])
  func `keeps the distances of the crystal`(kind: String, seed: UInt64) throws {
    let result = try cleanResult(kind, seed: seed, angle: Double(seed) * 7)
    let columns = result.scene.columns.map(\.position)
    let index = PlanarIndex(columns)
    for column in columns where result.simulation.frame.contains(column, margin: -10) {
      let around = index.neighbours(of: column, within: 33).map { (columns[$0] - column).length }.sorted()
      #expect(around.count == 7 && around[0] == 0)
      #expect(around[1...4].allSatisfy { abs($0 - 24) < 1e-6 })
      #expect(around[5...].allSatisfy { abs($0 - 24 * (4.0 / 3).squareRoot()) < 1e-6 })
    }
  }

  /// A step from row to row is a third of a period to one side or the other. The twin changes the side once and for all, at
  /// a row; the intrinsic fault for one step, between two rows.
  @Test(arguments: kinds, [1, 2, 11] as [UInt64]) func `has the stacking of its name`(kind: String, seed: UInt64) throws
  {
    let result = try cleanResult(kind, seed: seed)
    let line = try SideOfLine(result.scene.facts)
    let (period, height) = (24.0, 24 * 8.0.squareRoot() / 3)  // t and d = t √8/3.
    let half = kind == "twin" ? 0 : 0.5
    var rows: [Int: [Point]] = [:]
    for site in result.sites {
      let row = line.distance(to: site.position) / height - half
      #expect(abs(row - row.rounded()) < 1e-6)
      rows[Int(row.rounded()), default: []].append(site.position)
    }
    let phases = rows.mapValues { places in line.along.dot(places[0] - line.place) / period }
    for (row, places) in rows {
      for place in places {
        let step = line.along.dot(place - line.place) / period - phases[row]!
        #expect(abs(step - step.rounded()) < 1e-6)
      }
    }
    let order = rows.keys.sorted()
    #expect(order == Array(order.first!...order.last!))
    // In thirds of a period, 1 or 2.
    let steps = order.dropLast().map { row in
      let thirds = 3 * (phases[row + 1]! - phases[row]!)
      #expect(abs(thirds - thirds.rounded()) < 1e-6)
      return (row, (Int(thirds.rounded()) % 3 + 3) % 3)
    }
    let usual = steps[0].1
    #expect(usual != 0)
    // The row before the fault of a stacking fault is -1, half a row below the line.
    let expected = steps.map { row, _ in
      kind == "twin" ? (row < 0 ? usual : 3 - usual) : (row == -1 ? 3 - usual : usual)
    }
    #expect(steps.map(\.1) == expected)
  }

  @Test func `of a twin has a mirror in the row that both sides share`() throws {
    let result = try cleanResult("twin", seed: 7, angle: 11)
    let line = try SideOfLine(result.scene.facts)
    let index = PlanarIndex(result.scene.columns.map(\.position))
    var (tested, common) = (0, 0)
    for site in result.sites {
      let image = line.mirrored(site.position)
      guard result.simulation.frame.contains(image) else { continue }
      #expect(index.neighbours(of: image, within: 1e-6).count == 1)
      tested += 1
      if abs(line.distance(to: site.position)) < 1e-6 { common += 1 }
    }
    #expect(tested > 200 && common > 10)
    // The other side is not the crystal of the first: its lattice vectors are no sums of the first's.
    let lattices = result.scene.lattices
    #expect(remainder(2 * fractions(of: lattices[0].origin + lattices[1].a, in: lattices[0])) > 0.1)
  }

  @Test func `of stacking displaces one side by Shockley's partial`() throws {
    let result = try cleanResult("stacking-fault", seed: 8, angle: -33)
    let line = try SideOfLine(result.scene.facts)
    let fault = Point(result.scene.facts["fault_x"]!, result.scene.facts["fault_y"]!)
    let constant = 24 * 4 / 6.0.squareRoot()
    #expect(abs(fault.length - constant / 6.0.squareRoot()) < 1e-9)
    #expect(abs(fault.dot(line.normal)) < 1e-9)
    let lattices = result.scene.lattices
    #expect((lattices[0].a - lattices[1].a).length < 1e-9 && (lattices[0].b - lattices[1].b).length < 1e-9)
    let displaced = Int(result.scene.facts["displaced_label"]!)
    let shift = lattices[displaced - 1].origin - lattices[2 - displaced].origin
    #expect((shift - fault).length < 1e-9)
    // Every column stands on its own side's crystal, whose cell is centred, and on the other's only if moved.
    for site in result.inner(1) {
      let label = result.label(at: site.position)
      for (index, lattice) in lattices.enumerated() {
        let place = fractions(of: site.position, in: lattice)
        let distance = min(remainder(place), remainder(place + 0.5))
        #expect(index + 1 == label ? distance < 1e-6 : distance > 0.1)
      }
    }
  }
}
