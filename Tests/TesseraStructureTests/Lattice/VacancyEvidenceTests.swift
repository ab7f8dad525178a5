import Foundation
import TesseraImaging
import TesseraNumerics
import TesseraStructure
import TestSupport
import Testing

/// Columns of a square lattice with two kinds of columns, as a fit would list them.
private struct Dumbbells {
  let u = Point(26, 0)
  let v = Point(0, 30)
  var places: [Point] = []
  var heights: [Double] = []

  init() {
    for j in 0..<16 {
      for i in 0..<18 {
        let corner = Point(20, 20) + u * Double(i) + v * Double(j)
        places += [corner, corner + Point(12, 4)]
        heights += [100, 70]
      }
    }
  }

  /// The number of the column of a cell.
  func column(_ i: Int, _ j: Int, _ kind: Int) -> Int { 2 * (18 * j + i) + kind }
}

struct `A vacant node` {
  private static let (width, height, sigma) = (512, 512, 3.0)

  /// What a fit of the listed columns leaves over of an image of `seen` ones, with the noise of one unit a pixel.
  private func residual(seen: [(place: Point, height: Double)], listed: [(place: Point, height: Double)]) -> Raster<
    Float
  > {
    var random = RandomSource(seed: 3)
    var image = Raster<Float>(width: Self.width, height: Self.height, filling: 0)
    for k in image.values.indices { image.values[k] = Float(4 * random.gaussian()) }
    for (sign, columns) in [(1.0, seen), (-1.0, listed)] {
      for column in columns {
        let (cx, cy) = (Int(column.place.x), Int(column.place.y))
        for y in max(0, cy - 12)...min(Self.height - 1, cy + 12) {
          for x in max(0, cx - 12)...min(Self.width - 1, cx + 12) {
            let square = (Point(Double(x), Double(y)) - column.place).squaredLength
            image[x, y] += Float(sign * column.height * exp(-square / (2 * Self.sigma * Self.sigma)))
          }
        }
      }
    }
    return image
  }

  private func vacant(_ crystal: Dumbbells, without missing: Set<Int>, seen: Set<Int>, share: Double = 1) throws
    -> VacantNodes.Outcome
  {
    let kept = crystal.places.indices.filter { !missing.contains($0) }
    let sites = kept.map {
      Site(position: crystal.places[$0], amplitude: crystal.heights[$0], sigmaMajor: Self.sigma, sigmaMinor: Self.sigma)
    }
    let lattice = try #require(
      LatticeIndexer(u: crystal.u, v: crystal.v).lattice(of: sites.map(\.position), heights: sites.map(\.amplitude)))
    #expect(lattice.basis.count == 2)
    let listed = sites.map { (place: $0.position, height: $0.amplitude) }
    let extra = seen.map { (place: crystal.places[$0], height: share * crystal.heights[$0]) }
    return VacantNodes().outcome(
      in: Grains(lattice), columns: Sites(sites),
      background: Raster(width: Self.width, height: Self.height, filling: 5),
      residual: residual(seen: listed + extra, listed: listed),
      isMeasured: Raster(width: Self.width, height: Self.height, filling: true))
  }

  @Test func `shows no column in the pixels`() throws {
    let crystal = Dumbbells()
    let (empty, missed) = (crystal.column(5, 5, 1), crystal.column(10, 9, 0))
    let found = try vacant(crystal, without: [empty, missed], seen: [missed])
    #expect(found.vacant.count == 1 && found.columns.count == 1 && found.undecided == 0)
    #expect((try #require(found.vacant.first).site.position - crystal.places[empty]).length < 0.5)
    let column = try #require(found.columns.first)
    #expect((column.position - crystal.places[missed]).length < 0.5 && abs(column.amplitude - 100) < 8)
  }

  /// Half a column is a column, fainter than its like.
  @Test func `is none where half a column stands`() throws {
    let crystal = Dumbbells()
    let half = crystal.column(7, 6, 0)
    let found = try vacant(crystal, without: [half], seen: [half], share: 0.5)
    #expect(found.vacant.isEmpty)
    #expect(found.columns.map { ($0.amplitude / 10).rounded() } == [5])
    #expect(found.columns[0].background == 5 && found.heightErrors[0] < 5)
  }

  /// A column that has left its node by half the distance to the next leaves no vacancy behind.
  @Test func `is none where a column stands beside its node`() throws {
    var crystal = Dumbbells()
    let moved = crystal.column(8, 8, 0)
    crystal.places[moved] += Point(-9, -4)
    let found = try vacant(crystal, without: [], seen: [])
    #expect(found.vacant.isEmpty)
  }
}

struct `A place of the cell` {
  /// Columns of another crystal that meet the lattice in a line have one place in its cell.
  @Test func `that is mostly empty is no sublattice`() throws {
    var crystal = Dumbbells()
    for j in 0..<16 { crystal.places.append(Point(20, 20) + crystal.u * 17 + crystal.v * Double(j) + Point(19, -9)) }
    crystal.heights += [Double](repeating: 85, count: 16)
    let lattice = try #require(
      LatticeIndexer(u: crystal.u, v: crystal.v).lattice(of: crystal.places, heights: crystal.heights))
    #expect(lattice.basis.count == 2)
    #expect(lattice.nodes.suffix(16).allSatisfy { $0 == nil } && lattice.nodes.dropLast(16).allSatisfy { $0 != nil })
    #expect(lattice.deviation < 1e-6)
  }
}
