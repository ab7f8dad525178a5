import Foundation
import TesseraNumerics

/// One crystal: its shape, its layers with their faults, and how it lies under the beam. Lengths in nm.
package struct Nanocrystal: Sendable {
  package enum View: Sendable {
    /// Along a direction in which columns stand apart; faults are edge-on or absent.
    case faulted, perfect
    /// Along a direction far from all of those, in which the planes of one family at most can be seen.
    case tilted
  }

  package var material: ParticleMaterial
  package var body: ConvexBody
  /// Steps from each layer to the next; the first stands under the lowest layer.
  package var steps: [Int]
  /// From the axes of the crystal to those of the microscope: x and y of the image, z along the beam.
  package var rotation: Rotation3D
  /// Centre, in nm from the corner of the frame, and height over the film's lower surface.
  package var centre: SIMD3<Double>

  /// Tilted particles are at least this far from all directions of columns, in radians.
  private static let clearTilt = 9 * Double.pi / 180

  package static func random(
    _ material: ParticleMaterial, diameter: Double, view: View, random: inout RandomSource
  ) -> Nanocrystal {
    let body = ConvexBody.random(facets: material.facets, diameter: diameter, random: &random)
    var steps = material.perfectSteps(2 * Int((body.reach / material.layerSpacing).rounded(.up)) + 1)
    if view == .faulted || (view == .tilted && random.uniform() < 0.4) {
      addFault(to: &steps, diameter: diameter / material.layerSpacing, &random)
    }
    return Nanocrystal(
      material: material, body: body, steps: steps,
      rotation: rotation(material, diameter: diameter, view: view, random: &random), centre: .zero)
  }

  /// Five crystals around a common row of atoms, each the twin of the next, seen along that row: a decahedron. Five times the 70.5 degrees
  /// between close-packed planes leave gaps of 1.5 degrees, which crystals close by strain and these do not.
  ///
  /// - Parameters:
  ///   - material: of cubic stacking; hexagonal crystals have no such twins.
  ///   - diameter: of the whole particle, about, in nm.
  ///   - random: source of the random draws, which moves on.
  package static func fiveFold(
    _ material: ParticleMaterial, diameter: Double, random: inout RandomSource
  ) -> [Nanocrystal] {
    let radius = 0.52 * diameter
    let (gap, edge) = (0.2 * material.layerSpacing, radius * (0.8 + 0.15 * random.uniform()))
    // Of the close-packed layer between two crystals, one has the atoms; the row in the middle stays empty.
    let body = ConvexBody(
      radii: SIMD3(repeating: radius),
      facets: [
        (normal: [0, 0, -1], distance: -gap), (normal: ParticleMaterial.inclinedPlane, distance: gap),
        (normal: ParticleMaterial.outwardCubeFace, distance: edge),
      ])
    // So many layers that the middle one has a row of atoms at the origin.
    var count = 2 * Int((body.reach / material.layerSpacing).rounded(.up)) + 1
    while (count / 2 + 1) % 3 != 0 { count += 2 }
    let view = rotation(material, diameter: diameter, view: .faulted, random: &random)
    return (0..<5).map { part in
      let turn = Rotation3D(about: [1, 0, 0], by: 2 * .pi * Double(part) / 5)
      return Nanocrystal(
        material: material, body: body, steps: material.perfectSteps(count), rotation: view.after(turn), centre: .zero)
    }
  }

  /// A twin, or one or two stacking faults, in the middle half of the particle.
  private static func addFault(to steps: inout [Int], diameter: Double, _ random: inout RandomSource) {
    func place(_ random: inout RandomSource) -> Int {
      steps.count / 2 + Int(((random.uniform() - 0.5) * 0.5 * diameter).rounded())
    }
    let first = place(&random)
    switch random.index(below: 3) {
    case 0: for index in first..<steps.count { steps[index] *= -1 }
    case 1: steps[first] *= -1
    default:
      steps[first] *= -1
      // Another one, not so close that the two make a layer of a twin.
      let second = place(&random)
      if abs(second - first) > 3 { steps[second] *= -1 }
    }
  }

  private static func rotation(
    _ material: ParticleMaterial, diameter: Double, view: View, random: inout RandomSource
  ) -> Rotation3D {
    if view == .tilted {
      // A fault may turn a part of the crystal into its twin, whose layers follow one another the other way round.
      let (axes, planes) = (material.axes, material.planes)
      func mirrored(_ vectors: [SIMD3<Double>]) -> [SIMD3<Double>] { vectors.map { [$0.x, $0.y, -$0.z] } }
      while true {
        let rotation = Rotation3D(random: &random)
        let isClear = (axes + mirrored(axes)).allSatisfy { abs(rotation($0).z) < cos(clearTilt) }
        if isClear,
          [planes, mirrored(planes)].allSatisfy({
            !ParticleMaterial.showsColumns($0, under: rotation, thickness: diameter)
          })
        {
          return rotation
        }
      }
    }
    let zones = material.zones
    let zone = view == .faulted ? zones[0] : zones[random.uniform() < 0.7 ? 0 : 1]
    // Tilted so little that a column, from end to end, stays within a third of the way to the next.
    let limit = min(0.03, 0.3 * 0.2 / diameter)
    let direction = 2 * .pi * random.uniform()
    let tilt = Rotation3D(about: [cos(direction), sin(direction), 0], by: limit * random.uniform())
    let turn = Rotation3D(about: [0, 0, 1], by: 2 * .pi * random.uniform())
    return tilt.after(turn).after(Rotation3D(bringingToZ: zone))
  }

  /// Calls back with each atom: its element's index in the material's `elements`, and its place.
  package func forEachAtom(_ body: (Int, SIMD3<Double>) -> Void) {
    let (row, layer) = (material.rowSpacing, material.layerSpacing)
    let reach = self.body.reach
    let middle = steps.count / 2
    let lineSpacing = row * 3.0.squareRoot() / 2
    var letter = 0
    for (number, step) in steps.enumerated() {
      letter = ((letter + step) % 3 + 3) % 3
      let z = Double(number - middle) * layer
      let shift = Double(letter) * row / 3.0.squareRoot()
      let lines = Int((reach / lineSpacing).rounded(.up)) + 2
      for j in -lines...lines {
        let y = Double(j) * lineSpacing + shift
        guard abs(y) <= reach else { continue }
        let start = j.isMultiple(of: 2) ? 0 : row / 2
        let columns = Int((reach / row).rounded(.up)) + 1
        for i in -columns...columns {
          for (element, atom) in material.atoms.enumerated() {
            let place = SIMD3(start + Double(i) * row, y, z + atom.height * layer)
            if self.body.contains(place) { body(element, rotation(place) + centre) }
          }
        }
      }
    }
  }

  /// Length of the beam's way through the crystal at a place of the image, in nm.
  package func thickness(atX x: Double, y: Double) -> Double {
    let back = rotation.inverse
    return body.chord(through: back([x - centre.x, y - centre.y, 0]), along: back([0, 0, 1]))
  }
}
