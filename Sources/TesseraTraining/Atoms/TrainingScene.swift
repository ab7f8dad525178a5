import Foundation
import TesseraNumerics
import TesseraSimulation

/// The columns under one training image, drawn by chance: part of a crystal, two grains, two layers on top of one another, columns
/// without order, single atoms on a support, or none at all.
struct TrainingScene {
  /// Places in pixels and heights relative to a heavy column, those outside the image that reach into it included.
  var columns: [ImagedColumn] = []
  /// Standard deviation of a column in pixels.
  var sigma: Double
  /// Standard deviation of the texture of an amorphous film, relative to a heavy column.
  var texture = 0.0

  /// What may be under an image, and how often in a hundred images.
  private enum Kind: CaseIterable {
    case crystal, grains, bilayer, disordered, singleAtoms, nothing

    var share: Int {
      switch self {
      case .crystal: 46
      case .grains: 16
      case .bilayer: 6
      case .disordered: 8
      case .singleAtoms: 12
      case .nothing: 12
      }
    }

    init(drawnBy random: inout RandomSource) {
      var left = random.index(below: 100)
      self = Kind.allCases.first { kind in
        left -= kind.share
        return left < 0
      }!
    }
  }

  /// - Parameters:
  ///   - spacing: distance of nearest neighbours in pixels.
  ///   - side: of the image, in pixels.
  init(spacing: Double, side: Int, random: inout RandomSource) {
    // From columns that just have a dip between them to well separated ones; never below 0.7 pixels.
    let ratio = 2.5 + 4.5 * random.uniform()
    sigma = max(0.7, spacing / (spacing > 24 ? max(3.5, ratio) : ratio))
    let kind = Kind(drawnBy: &random)
    let margin = ColumnRenderer.reach * sigma
    switch kind {
    case .crystal:
      columns = Self.crystal(spacing, side, margin, &random)
      cutOut(spacing: spacing, side: side, random: &random)
    case .grains:
      let (first, second) = (
        Self.crystal(spacing, side, margin, &random),
        Self.crystal(spacing * (0.8 + 0.4 * random.uniform()), side, margin, &random)
      )
      let (normal, offset) = Self.line(side, &random)
      columns = first.filter { normal.dot($0.position) < offset }
      let index = PlanarIndex(columns.map(\.position))
      let gap = (0.6 + 0.4 * random.uniform()) * spacing
      columns += second.filter {
        normal.dot($0.position) >= offset && index.neighbours(of: $0.position, within: gap).isEmpty
      }
    case .bilayer:
      let second = 0.3 + 0.7 * random.uniform()
      columns = Self.crystal(spacing, side, margin, &random)
      columns += Self.crystal(spacing, side, margin, &random).map {
        ImagedColumn(position: $0.position, weight: second * $0.weight)
      }
    case .disordered:
      columns = Self.disordered(distance: spacing, density: 0.3 + 0.5 * random.uniform(), side, margin, &random)
    case .singleAtoms:
      columns = Self.disordered(
        distance: 2.6 * sigma, density: pow(10, -2.7 + 1.9 * random.uniform()), side, margin, &random)
      texture = 0.35 * random.uniform()
    case .nothing: break
    }
    if texture == 0 && random.uniform() < 0.4 { texture = 0.25 * pow(random.uniform(), 2) }
    disturb(spacing: spacing, random: &random)
  }

  /// A crystal over the whole image.
  private static func crystal(
    _ spacing: Double, _ side: Int, _ margin: Double, _ random: inout RandomSource
  ) -> [ImagedColumn] {
    let crystal = TrainingCrystal(drawnBy: &random)
    let angle = 2 * Double.pi * random.uniform()
    let origin = Point(random.uniform(), random.uniform()) * Double(side)
    return crystal.columns(spacing: spacing, angle: angle, origin: origin, side: side, margin: margin)
  }

  /// Columns at random places, none closer than `distance`; `density` columns per square of that side are tried.
  private static func disordered(
    distance: Double, density: Double, _ side: Int, _ margin: Double, _ random: inout RandomSource
  ) -> [ImagedColumn] {
    let width = Double(side) + 2 * margin
    let places = (0..<Int(density * width * width / (distance * distance)) + 1).map { _ in
      Point(random.uniform(), random.uniform()) * width - Point(margin, margin)
    }
    let index = PlanarIndex(places)
    var isKept = [Bool](repeating: false, count: places.count)
    for (number, place) in places.enumerated() {
      isKept[number] = !index.neighbours(of: place, within: distance).contains { $0 < number && isKept[$0] }
    }
    return places.indices.filter { isKept[$0] }.map { index in
      ImagedColumn(position: places[index], weight: 0.5 + 0.5 * random.uniform())
    }
  }

  /// A line through the image, as its normal and the distance along it.
  private static func line(_ side: Int, _ random: inout RandomSource) -> (normal: Point, offset: Double) {
    let angle = 2 * Double.pi * random.uniform()
    let normal = Point(cos(angle), sin(angle))
    return (normal, normal.dot(Point(random.uniform(), random.uniform()) * Double(side)))
  }

  /// Leaves the specimen out on one side of a line, inside a hole, or outside a particle.
  private mutating func cutOut(spacing: Double, side: Int, random: inout RandomSource) {
    let choice = random.uniform()
    if choice < 0.12 {
      let (normal, offset) = Self.line(side, &random)
      columns.removeAll { normal.dot($0.position) > offset }
    } else if choice < 0.3 {
      let centre = Point(random.uniform(), random.uniform()) * Double(side)
      let radius = spacing * (1 + 2 * random.uniform())
      columns.removeAll { ($0.position - centre).length < radius }
    } else if choice < 0.42 {
      let centre = Point(random.uniform(), random.uniform()) * Double(side)
      let radius = Double(side) * (0.2 + 0.4 * random.uniform())
      columns.removeAll { ($0.position - centre).length > radius }
    }
  }

  /// Vacancies, foreign atoms, thermal and slowly varying displacements, and heights that differ from column to column.
  private mutating func disturb(spacing: Double, random: inout RandomSource) {
    let vacancies = random.uniform() < 0.5 ? 0 : 0.12 * random.uniform()
    let foreign = random.uniform() < 0.7 ? 0 : 0.1 * random.uniform()
    let jump = random.uniform() < 0.4 ? 0 : 0.06 * spacing * random.uniform()
    let wave = random.uniform() < 0.7 ? 0 : 0.15 * spacing * random.uniform()
    let direction = 2 * Double.pi * random.uniform()
    let period = spacing * (5 + 20 * random.uniform())
    let vector = Point(cos(direction), sin(direction)) * (2 * Double.pi / period)
    let shift = Point(random.gaussian(), random.gaussian()) * wave
    let unevenness = 0.2 * random.uniform()
    let strange = 0.3 + 1.4 * random.uniform()
    columns = columns.compactMap { column in
      let chance = random.uniform()
      let (x, y, height) = (random.gaussian(), random.gaussian(), random.gaussian())
      if chance < vacancies { return nil }
      var column = column
      column.position = column.position + Point(x, y) * jump + shift * sin(vector.dot(column.position))
      column.weight *= max(0.2, 1 + unevenness * height) * (chance > 1 - foreign ? strange : 1)
      return column
    }
  }
}
