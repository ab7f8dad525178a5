import Foundation
import TesseraNumerics
import TesseraSimulation
import Testing

private func length(_ v: SIMD3<Double>) -> Double { (v * v).sum().squareRoot() }

@Suite("Crystals of nanoparticles") struct NanocrystalTests {
  private typealias Atom = (element: Int, place: SIMD3<Double>)

  /// A sphere whose axes are those of the microscope.
  private func sphere(_ name: String, radius: Double, _ view: Nanocrystal.View = .perfect) throws -> Nanocrystal {
    var random = RandomSource(seed: 1)
    let material = try #require(ParticleMaterial(named: name))
    var crystal = Nanocrystal.random(material, diameter: 3 * radius, view: view, random: &random)
    (crystal.body.radii, crystal.body.facets) = ([radius, radius, radius], [])
    crystal.rotation = Rotation3D(about: [0, 0, 1], by: 0)
    crystal.centre = .zero
    return crystal
  }

  private func atoms(_ crystal: Nanocrystal) -> [Atom] {
    var atoms: [Atom] = []
    crystal.forEachAtom { atoms.append(($0, $1)) }
    return atoms
  }

  @Test func `of gold have its density`() throws {
    let count = Double(atoms(try sphere("Au", radius: 2.5)).count)
    #expect(abs(count / (4 / 3 * .pi * pow(2.5, 3)) / 59 - 1) < 0.02)
  }

  @Test(arguments: [("Au", 0.2884), ("Ag", 0.2889), ("Pt", 0.2775), ("Pd", 0.2751), ("Cu", 0.2556)])
  func `of metals have twelve neighbours at the right distance`(name: String, distance: Double) throws {
    let places = atoms(try sphere(name, radius: 1.1)).map(\.place)
    for place in places where length(place) < 1.1 - 1.2 * distance {
      let near = places.map { length($0 - place) }.filter { $0 > 0 && $0 < 1.2 * distance }
      #expect(near.count == 12)
      #expect(near.allSatisfy { abs($0 - distance) < 1e-4 })
    }
  }

  @Test(arguments: [("CdSe", 0.263), ("CdS", 0.2525), ("ZnO", 0.198)])
  func `of two elements have four neighbours of the other one`(name: String, distance: Double) throws {
    let atoms = atoms(try sphere(name, radius: 1.1))
    #expect(abs(Double(atoms.count { $0.element == 0 }) / Double(atoms.count) - 0.5) < 0.06)
    for atom in atoms where length(atom.place) < 1.1 - 1.15 * distance {
      let near = atoms.filter { (1e-9..<1.15 * distance).contains(length($0.place - atom.place)) }
      #expect(near.count == 4 && near.allSatisfy { $0.element != atom.element })
      #expect(near.allSatisfy { abs(length($0.place - atom.place) / distance - 1) < 0.02 })
    }
  }

  @Test func `with a twin are mirror images of themselves, and without one they are not`() throws {
    var crystal = try sphere("Au", radius: 1.3)
    func isMirrored() -> Bool {
      let places = atoms(crystal).map(\.place)
      return places.allSatisfy { place in
        places.contains { length($0 - SIMD3(place.x, place.y, -place.z)) < 1e-6 }
      }
    }
    #expect(!isMirrored())
    // The layer in the middle is the plane of the mirror.
    for index in (crystal.steps.count / 2 + 1)..<crystal.steps.count { crystal.steps[index] *= -1 }
    #expect(isMirrored())
  }

  @Test func `with faults differ from perfect ones, and keep their neighbours`() throws {
    for seed in 1...20 as ClosedRange<UInt64> {
      var random = RandomSource(seed: seed)
      for material in ParticleMaterial.all {
        let faulted = Nanocrystal.random(material, diameter: 4, view: .faulted, random: &random)
        #expect(faulted.steps != material.perfectSteps(faulted.steps.count))
        let perfect = Nanocrystal.random(material, diameter: 4, view: .perfect, random: &random)
        #expect(perfect.steps == material.perfectSteps(perfect.steps.count))
      }
    }
    var crystal = try sphere("Au", radius: 1)
    crystal.steps[crystal.steps.count / 2] *= -1
    let places = atoms(crystal).map(\.place)
    #expect(places.filter { length($0) < 0.6 }.allSatisfy { place in places.count { length($0 - place) < 0.32 } == 13 })
  }

  @Test func `of gold show planes of 0.235 and 0.204 nm, in seven directions`() throws {
    let planes = try #require(ParticleMaterial(named: "Au")).planes
    let spacings = planes.map { 1 / length($0) }.sorted()
    #expect(spacings.count == 7)
    #expect(spacings.prefix(3).allSatisfy { abs($0 - 0.2039) < 1e-4 })
    #expect(spacings.suffix(4).allSatisfy { abs($0 - 0.2354) < 1e-4 })
    // Wurtzite: {100}, {002}, {101} and the others that images show; (001) is absent.
    let selenide = try #require(ParticleMaterial(named: "CdSe")).planes.map { 1 / length($0) }
    #expect(selenide.count { abs($0 - 0.3723) < 1e-3 } == 3 && selenide.count { abs($0 - 0.3505) < 1e-3 } == 1)
    #expect(!selenide.contains { $0 > 0.38 })
  }

  @Test func `that are tilted show the planes of one family at most, in their twins too`() {
    var random = RandomSource(seed: 8)
    for material in ParticleMaterial.all {
      let planes = material.planes
      let mirrored = planes.map { SIMD3($0.x, $0.y, -$0.z) }
      for _ in 0..<20 {
        let tilted = Nanocrystal.random(material, diameter: 4, view: .tilted, random: &random).rotation
        for set in [planes, mirrored] {
          #expect(!ParticleMaterial.showsColumns(set, under: tilted, thickness: 4))
        }
        // Along a cube's edge copper shows planes 0.18 nm apart, which count as unresolved.
        guard material.name != "Cu" else { continue }
        let perfect = Nanocrystal.random(material, diameter: 4, view: .perfect, random: &random).rotation
        #expect(ParticleMaterial.showsColumns(planes, under: perfect, thickness: 4))
      }
    }
  }

  @Test func `around a common row are five, which fill a disc between them`() throws {
    var random = RandomSource(seed: 2)
    let gold = try #require(ParticleMaterial(named: "Au"))
    let parts = Nanocrystal.fiveFold(gold, diameter: 5, random: &random)
    #expect(parts.count == 5)
    // The row lies along the beam, nearly.
    let row = parts[0].rotation([1, 0, 0])
    #expect(abs(row.z) > 0.99)
    let counts = parts.map { atoms($0).count }
    #expect(counts.allSatisfy { abs(Double($0) / Double(counts[0]) - 1) < 0.05 })
    // As dense as gold: its atoms fill the bodies, which overlap nowhere.
    let places = parts.flatMap { atoms($0).map(\.place) }
    let closest = places.indices.map { index in
      places.indices.filter { $0 != index }.map { length(places[$0] - places[index]) }.min() ?? 0
    }
    #expect(closest.count { $0 > 0.27 } > 9 * closest.count / 10 && closest.allSatisfy { $0 > 0.2 })
    // Each is the twin of the next: both share the normal of a close-packed plane but for 1.5 degrees.
    let (one, next) = (parts[0].rotation([0, 0, 1]), parts[1].rotation(ParticleMaterial(named: "Au")!.facets[1]))
    #expect(abs((one * next).sum()) > cos(2 * .pi / 180))
  }

  @Test func `show columns, or lie far from every direction that does`() {
    var random = RandomSource(seed: 3)
    for material in ParticleMaterial.all {
      for _ in 0..<20 {
        let tilted = Nanocrystal.random(material, diameter: 5, view: .tilted, random: &random)
        #expect(material.axes.allSatisfy { abs(tilted.rotation($0).z) < cos(8.9 * .pi / 180) })
        let faulted = Nanocrystal.random(material, diameter: 5, view: .faulted, random: &random)
        #expect(faulted.rotation(material.zones[0]).z > cos(0.031))
        let perfect = Nanocrystal.random(material, diameter: 5, view: .perfect, random: &random)
        #expect(material.zones.contains { perfect.rotation($0).z > cos(0.031) })
      }
    }
  }

  @Test func `have their atoms where the beam passes them, wherever they lie`() throws {
    var random = RandomSource(seed: 4)
    let material = try #require(ParticleMaterial(named: "Pt"))
    var crystal = Nanocrystal.random(material, diameter: 3, view: .tilted, random: &random)
    let count = atoms(crystal).count
    crystal.centre = [10, -4, 7]
    #expect(atoms(crystal).count == count && count > 200)
    for atom in atoms(crystal) {
      #expect(length(atom.place - crystal.centre) <= crystal.body.reach + 1e-9)
      #expect(crystal.thickness(atX: atom.place.x, y: atom.place.y) >= 0)
    }
    #expect(crystal.thickness(atX: 10, y: -4) > 1.5)
    #expect(crystal.thickness(atX: 0, y: 0) == 0)
  }
}

@Suite("Materials of nanoparticles") struct ParticleMaterialTests {
  @Test(arguments: ParticleMaterial.all.map(\.name)) func `have unit vectors, and zones among their axes`(
    name: String
  ) throws {
    let material = try #require(ParticleMaterial(named: name.lowercased()))
    #expect(material.name == name)
    for vector in material.zones + material.axes + material.facets { #expect(abs(length(vector) - 1) < 1e-12) }
    for zone in material.zones {
      #expect(material.axes.contains { min(length($0 - zone), length($0 + zone)) < 1e-9 })
    }
    // Each facet has its opposite.
    #expect(material.facets.allSatisfy { facet in material.facets.contains { length($0 + facet) < 1e-9 } })
    #expect(ParticleMaterial(named: "unobtainium") == nil)
  }

  /// From the cube's edges e: facets are ±e, and (±e₁ ± e₂ ± e₃) / √3; rows of atoms lie along (±e₁ ± e₂) / √2.
  @Test func `of cubes have facets and axes of one cube`() throws {
    let gold = try #require(ParticleMaterial(named: "Au"))
    let edges = gold.axes.filter { axis in gold.facets.contains { length($0 - axis) < 1e-9 } && abs(axis.z) < 0.9 }
    #expect(edges.count == 3)
    for facet in gold.facets {
      let parts = edges.map { abs(($0 * facet).sum()) }.sorted()
      let isCube = parts[2] > 1 - 1e-9
      let isOctahedron = parts.allSatisfy { abs($0 - 1 / 3.0.squareRoot()) < 1e-9 }
      #expect(isCube || isOctahedron)
    }
    // Six directions of rows of neighbours, and in a crystal there are atoms along them.
    let rows = gold.axes.filter { axis in
      edges.map { abs(($0 * axis).sum()) }.filter { abs($0 - 0.5.squareRoot()) < 1e-9 }.count == 2
    }
    #expect(rows.count == 6)
    var random = RandomSource(seed: 1)
    var crystal = Nanocrystal.random(gold, diameter: 2, view: .perfect, random: &random)
    (crystal.body.radii, crystal.body.facets) = ([0.6, 0.6, 0.6], [])
    (crystal.rotation, crystal.centre) = (Rotation3D(about: [0, 0, 1], by: 0), .zero)
    var places: [SIMD3<Double>] = []
    crystal.forEachAtom { places.append($1) }
    let middle = try #require(places.min { length($0) < length($1) })
    for row in rows {
      #expect(places.contains { length($0 - middle - row * gold.rowSpacing) < 1e-6 })
    }
  }
}
