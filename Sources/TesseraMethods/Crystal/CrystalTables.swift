import Foundation
import TesseraNumerics
import TesseraStructure

/// The tables of a crystal survey; docs/crystal.md lists their columns.
struct CrystalTables {
  let result: CrystalResult

  /// A vector in nm; NaN without a calibration.
  private func nanometres(_ vector: Point) -> Point {
    result.micrograph.calibration?.nanometres(vector) ?? Point(.nan, .nan)
  }

  /// A length along a direction, in nm; NaN without a calibration.
  private func nanometres(_ length: Double, along direction: Point) -> Double {
    direction.length > 0 ? nanometres(direction / direction.length * length).length : .nan
  }

  /// `nodes.csv`: grain, sublattice and cell of each row of `sites.csv`.
  var nodes: Data {
    var table = TableWriter(columns: ["id", "grain", "sublattice", "i", "j"])
    let letters = result.grains.grains.map(\.lattice.basisLetters)
    for (site, label) in result.grains.labels.enumerated() {
      if label > 0, let node = result.grains.grains[label - 1].lattice.nodes[site] {
        table.add([String(site), String(label), letters[label - 1][node.basis], String(node.i), String(node.j)])
      } else {
        table.add([String(site), "", "", "", ""])
      }
    }
    return table.data
  }

  var grains: Data {
    var table = TableWriter(columns: [
      "grain", "sites", "orientation_degrees", "period_degrees", "u_x", "u_y", "v_x", "v_y", "u_nm", "v_nm",
      "angle_degrees", "columns_per_cell", "deviation_px",
    ])
    for (k, grain) in result.grains.grains.enumerated() {
      let (u, v) = (grain.lattice.grid.u, grain.lattice.grid.v)
      table.add(
        [String(k + 1), String(result.columnCount(of: grain))],
        numbers(grain.orientation * 180 / .pi, grain.period * 180 / .pi, u.x, u.y, v.x, v.y),
        numbers(nanometres(u).length, nanometres(v).length, decimals: 6),
        numbers(atan2(abs(u.cross(v)), u.dot(v)) * 180 / .pi), [String(grain.lattice.basis.count)],
        numbers(grain.lattice.deviation))
    }
    return table.data
  }

  var dislocations: Data {
    var table = TableWriter(columns: [
      "id", "x", "y", "position_error", "x_nm", "y_nm", "grain", "b_u", "b_v", "b_x", "b_y", "b_px", "b_nm",
      "circuit_sites",
    ])
    for (k, core) in result.dislocations.enumerated() {
      let (place, b) = (nanometres(core.position), core.burgers)
      table.add(
        [String(k)], numbers(core.position.x, core.position.y, core.positionError, decimals: 2),
        numbers(place.x, place.y), [String(core.grain), String(core.u), String(core.v)],
        numbers(b.x, b.y, b.length, decimals: 3), numbers(nanometres(b).length), [String(core.circuitLength)])
    }
    return table.data
  }

  var displacements: Data {
    var table = TableWriter(columns: [
      "id", "grain", "sublattice", "cage", "i", "j", "cage_x", "cage_y", "dx", "dy", "dx_error", "dy_error", "dx_nm",
      "dy_nm", "length_nm", "chi_squared",
    ])
    for map in result.displacements {
      for vector in map.vectors {
        let (place, d, error) = (vector.cageCentre, vector.displacement, vector.error)
        let inNanometres = nanometres(d)
        table.add(
          [String(vector.site), String(map.grain), map.centre, map.cage, String(vector.cell.i), String(vector.cell.j)],
          numbers(place.x, place.y, d.x, d.y, error.x, error.y),
          numbers(inNanometres.x, inNanometres.y, inNanometres.length, decimals: 6),
          numbers(vector.chiSquared, decimals: 2))
      }
    }
    return table.data
  }

  var bonds: Data {
    var table = TableWriter(columns: [
      "first", "second", "pair", "grain", "length", "error", "length_nm", "error_nm", "direction",
    ])
    for bond in result.survey.bonds {
      table.add(
        [String(bond.first), String(bond.second), result.survey.pairs[bond.pair].name],
        [String(result.grains.labels[bond.first])], numbers(bond.length, bond.error),
        numbers(
          nanometres(bond.vector).length, nanometres(bond.error, along: bond.vector), decimals: 6),
        numbers(bond.vector.angle))
    }
    return table.data
  }

  var angles: Data {
    var table = TableWriter(columns: ["vertex", "first", "second", "pair", "grain", "degrees", "error_degrees"])
    for angle in result.survey.angles {
      table.add(
        [String(angle.vertex), String(angle.first), String(angle.second), result.survey.pairs[angle.pair].name],
        [String(result.grains.labels[angle.vertex])],
        numbers(angle.value * 180 / .pi, angle.error * 180 / .pi, decimals: 3))
    }
    return table.data
  }

  var planes: Data {
    var table = TableWriter(columns: [
      "h", "k", "grain", "plane", "x", "y", "spacing", "error", "scatter_error", "spacing_nm", "error_nm", "count",
    ])
    for (planes, spacings) in zip(result.planes, result.spacings) {
      for spacing in spacings {
        let grid = result.grains.grains[spacing.grain - 1].lattice.grid
        let normal = planes.normal(in: grid)
        table.add(
          [String(planes.h), String(planes.k), String(spacing.grain), String(spacing.plane)],
          numbers(spacing.centre.x, spacing.centre.y, decimals: 2),
          numbers(spacing.value, spacing.error, spacing.scatterError, decimals: 5),
          numbers(
            nanometres(spacing.value, along: normal), nanometres(spacing.error, along: normal), decimals: 7),
          [String(spacing.count)])
      }
    }
    return table.data
  }

  /// Nil if atoms were not counted.
  var counts: Data? { result.counts.map { CountTables(sites: result.finding.sites, result: $0).counts } }
}

/// The tables of atom counting.
struct CountTables {
  let sites: Sites
  let result: AtomCounter.Result

  /// One row per column. Where the intensities show no steps, the numbers are those of one comb among many, and none is probable.
  var counts: Data {
    let isMeant = result.stepDoubt != .smooth
    var table = TableWriter(columns: ["id", "x", "y", "intensity", "intensity_error", "atoms", "probability"])
    for (k, site) in sites.sites.enumerated() {
      let isKnown = result.counts[k] > 0
      table.add(
        [String(k)], numbers(site.position.x, site.position.y),
        [TableWriter.significant(site.intensity), TableWriter.significant(site.intensityError)],
        [isKnown ? String(result.counts[k]) : ""], numbers(isKnown && isMeant ? result.probabilities[k] : .nan))
    }
    return table.data
  }

  /// One row a thickness.
  var components: Data {
    var table = TableWriter(columns: ["atoms", "mean", "deviation", "share"])
    for component in result.components {
      table.add(
        [
          String(component.atoms), TableWriter.significant(component.mean),
          TableWriter.significant(component.deviation),
        ],
        numbers(component.share, decimals: 6))
    }
    return table.data
  }

  /// The criteria against the number of components.
  var orders: Data {
    var table = TableWriter(columns: ["components", "icl", "bic", "plic"])
    for order in result.orders {
      table.add(
        [String(order.components)],
        numbers(order.icl ?? .nan, order.bic ?? .nan, order.plic ?? .nan, decimals: 2))
    }
    return table.data
  }
}

private func numbers(_ values: Double..., decimals: Int = 4) -> [String] {
  values.map { TableWriter.number($0, decimals: decimals) }
}

extension TableWriter {
  /// One row of several parts.
  fileprivate mutating func add(_ parts: [String]...) { add(Array(parts.joined())) }
}
