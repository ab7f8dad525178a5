import Foundation
import TesseraFormats
import TesseraImaging
import TesseraLearning
import TesseraMethods
import TesseraNumerics
import TesseraSimulation
import TesseraStructure
import TestSupport
import Testing

struct `The main analysis` {
  private func simulated(
    _ specimen: String, size: Int = 640, seed: UInt64 = 2, _ change: (inout SimulationOptions) -> Void = { _ in }
  ) throws -> SimulatedMicrograph {
    var options = SimulationOptions()
    if specimen != "motifs" { (options.width, options.height) = (size, size) }
    options.seed = seed
    change(&options)
    return try Simulation(specimen: specimen, options: options).run()
  }

  /// Adjusted mutual information of the classes with what each matched site truly is.
  private func agreement(_ result: MotifResult, _ truth: [TrueSite], _ key: (TrueSite) -> String) -> Double {
    let match = SiteMatch(result.sites.positions, truth: truth.map(\.position))
    let pairs = match.matches.filter { $0.distance < 5 && result.classes.labels[$0.predicted] > 0 }
    var numbers: [String: Int] = [:]
    let names = pairs.map { key(truth[$0.truth]) }
    for name in names where numbers[name] == nil { numbers[name] = numbers.count }
    return LabelScores(
      pairs.map { result.classes.labels[$0.predicted] }, truth: names.map { numbers[$0]! }
    ).adjustedMutualInformation
  }

  @Test(.slow, arguments: [ZernikeDescriptor.Form.invariant, .full])
  func `finds the motifs of a monolayer with vacancies`(form: ZernikeDescriptor.Form) throws {
    let specimen = try simulated("mose2")
    var analysis = MotifMethod()
    analysis.descriptor.form = form
    let result = try analysis.result(on: specimen.micrograph)
    let score =
      form == .full
      ? agreement(result, specimen.sites) { $0.environmentOriented }
      : agreement(result, specimen.sites) { $0.environment }
    #expect(score > 0.95)
    #expect(result.structure.kind == .discrete)
    #expect(result.patchSize == 41)
    #expect(result.lattice?.basis.count == 2)
    #expect(result.sites.sites.contains { $0.kind == .vacant })
  }

  /// Magnitudes hold less noise than the moments they are formed of; taken for noisier than they are, they tell less apart.
  @Test(.slow, arguments: [3, 4] as [UInt64]) func `finds turned motifs at two counts`(seed: UInt64) throws {
    let specimen = try simulated("mose2", seed: seed) { $0.counts = 2 }
    var analysis = MotifMethod()
    analysis.descriptor.form = .invariant
    let result = try analysis.result(on: specimen.micrograph)
    #expect(agreement(result, specimen.sites) { $0.environment } > 0.97)
  }

  @Test(.slow, arguments: [("p4m", 2), ("hexagonal", 1), ("square", 1), ("graphene", 2), ("si110", 2), ("srtio3", 2)])
  func `finds no more classes in a crystal than its unit cell has`(specimen: String, count: Int) throws {
    let result = try MotifMethod().result(on: simulated(specimen).micrograph)
    #expect(result.classes.count == count)
    #expect(result.structure.kind == .discrete)
  }

  @Test(.slow) func `calls a twisted bilayer continuous`() throws {
    let result = try MotifMethod().result(on: simulated("bilayer", size: 1_024).micrograph)
    #expect(result.structure.kind == .continuous)
    #expect(result.classes.count == 1)
    // Nodes of one lattice mean nothing to two.
    #expect(result.vacantNodes.isEmpty && result.grains == nil)
    #expect(result.warnings.contains { $0.contains("two hexagonal layers lie on each other, twisted by 3.") })
    // Spread evenly over a disc, a point of 10,000 has 15 others within 0.055 radii of gyration; in the clumps that the second
    // stage makes of a continuum, within 0.002.
    let layout = Layout(points: result.layout.points.filter { $0.x.isFinite && $0.y.isFinite })
    let index = PlanarIndex(layout.points)
    let reach = layout.points.map { (layout.points[index.nearest(16, to: $0)[15]] - $0).length }
    // No layout is spread quite evenly. The bound is nearer to an even spread (a factor of 3.7) than to clumps (7.5).
    #expect(Statistics.median(reach) > 0.015 * layout.radiusOfGyration)
  }

  // Peaks of the layers touch, so that they are sought once the motifs have turned out to be a continuum.
  @Test(.slow) func `keeps its settings where it finds near layers`() throws {
    let image = try simulated("bilayer", size: 700, seed: 1) { ($0.kind, $0.angle, $0.counts) = ("mos2", 2, 20) }
    let result = try MotifMethod().result(on: image.micrograph)
    #expect(result.warnings.contains { $0.contains("two hexagonal layers lie on each other, twisted by ") })
    #expect(result.grains == nil && result.vacantNodes.isEmpty)
    #expect(!result.settings.seeksNearLayers)
  }

  /// Short periods, in which motifs one patch apart have nothing in common.
  @Test(.slow, arguments: [("mos2", 7.34), ("mos2", 13.2), ("mos2", 28.0), ("s22", 12), ("s22", 27)])
  func `calls a bilayer continuous at any twist`(kind: String, degrees: Double) throws {
    let image = try simulated("bilayer", size: 512) { ($0.kind, $0.angle, $0.counts) = (kind, degrees, 5) }.micrograph
    let result = try MotifMethod().result(on: image)
    #expect(result.structure.kind == .continuous && result.classes.count == 1)
    #expect(result.structure.reason.contains("two hexagonal layers lie on each other"))
    // There is no cell, and nothing to be rare.
    #expect(result.cells == nil && result.hierarchy == nil && result.outliers.places.isEmpty)
  }

  @Test(.slow) func `divides a bilayer into as many classes as are asked for`() throws {
    var method = MotifMethod()
    method.classCount = 3
    let result = try method.result(
      on: simulated("bilayer", size: 512) { ($0.kind, $0.angle, $0.counts) = ("mos2", 13.2, 5) }.micrograph)
    #expect(result.classes.count == 3 && result.cells != nil)
  }

  @Test(.slow) func `does not take disorder for a continuum`() throws {
    let result = try MotifMethod().result(on: simulated("square") { $0.displacement = 0.7 }.micrograph)
    #expect(result.structure.kind == .discrete)
  }

  /// Columns of one element whose brightness drifts by a third over the image; in a disc, if asked, each is moved by a fifth of the
  /// spacing against its neighbours.
  private func drifting(withPrecipitate: Bool) -> Micrograph {
    var random = RandomSource(seed: 1)
    var image = Raster<Float>(width: 640, height: 640, filling: 50)
    for i in -1...33 {
      for j in -1...33 {
        var place = Point(20 * Double(i) + 5, 20 * Double(j) + 7)
        let isInside = withPrecipitate && (place - Point(330, 300)).length < 110
        if isInside { place.x += (i + j).isMultiple(of: 2) ? 4 : -4 }
        place += Point(random.gaussian(), random.gaussian()) * 0.15
        let height = 100 * (1 + 0.3 * sin(2 * .pi * place.x / 900 + 1) * cos(2 * .pi * place.y / 800))
        let (cx, cy) = (Int(place.x), Int(place.y))
        for y in stride(from: max(0, cy - 18), through: min(639, cy + 18), by: 1) {
          for x in stride(from: max(0, cx - 18), through: min(639, cx + 18), by: 1) {
            let square = (Point(Double(x), Double(y)) - place).squaredLength
            image[x, y] += Float(height * exp(-square / (2 * 4.5 * 4.5)))
          }
        }
      }
    }
    for k in image.values.indices { image.values[k] += Float(2 * random.gaussian()) }
    return Micrograph(name: "drifting", pixels: image)
  }

  @Test(.slow) func `tells a precipitate where brightness drifts`() throws {
    let result = try MotifMethod().result(on: drifting(withPrecipitate: true))
    #expect(result.structure.kind == .discrete && result.classes.count > 1)
    #expect(result.settings.levelsBrightness)
    #expect(result.record.choices.contains { $0.name == "brightness" && $0.value == "levelled" })
    // Of the matrix all but what stands beside the precipitate, of the precipitate nothing.
    let matrix = result.classes.members(of: 1).map { (result.sites[$0].position - Point(330, 300)).length }
    #expect(matrix.count > 550 && matrix.count { $0 < 95 } < 10)
  }

  @Test(.slow) func `makes no kinds of brightness that drifts`() throws {
    let result = try MotifMethod().result(on: drifting(withPrecipitate: false))
    #expect(result.classes.count == 1 && result.settings.descriptor.keepsPiston)
  }

  /// A square crystal under an illumination that grows from `dark` to 1; each of 6 % of the columns is `share` as high as the others.
  private func unevenly(lit dark: Double, share: Double) -> (image: Micrograph, dopants: [Point]) {
    var random = RandomSource(seed: 5)
    var image = Raster<Float>(width: 512, height: 512, filling: 50)
    var dopants: [Point] = []
    for k in 0..<38 * 38 {
      let place = Point(14 * Double(k % 38) - 3.3, 14 * Double(k / 38) - 4.1)
      let isDopant = random.uniform() < 0.06
      if isDopant { dopants.append(place) }
      for y in max(0, Int(place.y) - 14)..<max(0, min(512, Int(place.y) + 16)) {
        for x in max(0, Int(place.x) - 14)..<max(0, min(512, Int(place.x) + 16)) {
          let square = (Point(Double(x), Double(y)) - place).squaredLength
          image[x, y] += Float((isDopant ? 300 * share : 300) * exp(-square / (2 * 2.8 * 2.8)))
        }
      }
    }
    for y in 0..<512 {
      for x in 0..<512 {
        let lit = Double(image[x, y]) * (dark + (1 - dark) * Double(x) / 511)
        image[x, y] = Float(lit + lit.squareRoot() * random.gaussian())
      }
    }
    return (Micrograph(name: "unevenly lit", pixels: image), dopants)
  }

  @Test(.slow, arguments: [1.5, 0.6]) func `tells dopants under uneven illumination`(share: Double) throws {
    let (image, dopants) = unevenly(lit: 0.5, share: share)
    let result = try MotifMethod().result(on: image)
    #expect(result.structure.kind == .discrete && result.settings.levelsBrightness)
    #expect(result.warnings.contains { $0.contains("times as bright in one place as in another") })
    let index = PlanarIndex(dopants)
    let isDopant = result.sites.positions.map { index.neighbours(of: $0, within: 4).isEmpty == false }
    let sorted = result.classes.labels.indices.filter { result.classes.labels[$0] > 0 }
    // Each class holds one of both kinds alone.
    let wrong = (1...result.classes.count).reduce(0) { sum, label in
      let members = result.classes.members(of: label)
      let some = members.count { isDopant[$0] }
      return sum + min(some, members.count - some)
    }
    #expect(sorted.count > 1_100 && wrong <= 2)
  }

  /// Half of the crystal is thicker: a kind of its own, and no illumination.
  @Test(.slow) func `levels no step of brightness`() throws {
    var image = unevenly(lit: 1, share: 1).image
    for y in 0..<512 { for x in 250..<512 { image.pixels[x, y] = 50 + 1.6 * (image.pixels[x, y] - 50) } }
    let result = try MotifMethod().result(on: image)
    #expect(!result.settings.levelsBrightness && result.structure.kind == .discrete && result.classes.count > 1)
  }

  @Test(.slow) func `finds one motif under uneven illumination`() throws {
    let result = try MotifMethod().result(on: unevenly(lit: 0.4, share: 1).image)
    #expect(result.structure.kind == .discrete && result.classes.count == 1 && result.outliers.places.isEmpty)
  }

  @Test(.slow) func `gives the number of classes that is asked for`() throws {
    var analysis = MotifMethod()
    analysis.classCount = 3
    #expect(try analysis.result(on: simulated("mose2").micrograph).classes.count == 3)
  }

  @Test func `says what is missing where no column has a whole patch`() throws {
    var image = Raster<Float>(width: 64, height: 64, filling: 0)
    for centre in [Point(12, 12), Point(50, 14), Point(30, 50)] {
      for y in 0..<64 {
        for x in 0..<64 {
          image[x, y] += Float(exp(-(Point(Double(x), Double(y)) - centre).squaredLength / 18))
        }
      }
    }
    #expect(throws: DataError.self) { try MotifMethod().result(on: Micrograph(name: "three", pixels: image)) }
  }

  @Test(.slow) func `writes a folder that says the same on any number of threads`() throws {
    let micrograph = try simulated("mose2", size: 400).micrograph
    let parent = NSTemporaryDirectory() + "tessera-analysis-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: parent) }
    try AtomicOutput.makeFolder(at: parent)
    for threads in [1, 2] {
      try Workers.$limit.withValue(threads) {
        let result = try MotifMethod().result(on: micrograph)
        try ResultFolder(result, input: "test", hasReport: threads == 1)
          .write(to: "\(parent)/\(threads)")
      }
    }
    for name in ["sites.csv", "classes.csv", "cells.csv", "features.npy", "layout.npy", "hierarchy.json"] {
      let files = [1, 2].map { FileManager.default.contents(atPath: "\(parent)/\($0)/\(name)") }
      #expect(files[0] != nil && files[0] == files[1], "\(name)")
    }
    #expect(FileManager.default.fileExists(atPath: "\(parent)/1/report.html"))
    #expect(throws: FormatError.self) {
      try ResultFolder(MotifMethod().result(on: micrograph), input: "test", hasReport: false)
        .write(to: "\(parent)/1")
    }
  }
}

struct `The isolation of patches` {
  /// A vacancy just outside the disc changes the features of the raw patch and not those of the isolated one.
  @Test func `takes out what lies outside the disc`() throws {
    let (side, sigma) = (41, 4.0)
    func image(_ columns: [Point]) -> Raster<Float> {
      var image = Raster<Float>(width: 121, height: 121, filling: 0)
      for centre in columns {
        for y in 0..<121 {
          for x in 0..<121 {
            let d = (Point(Double(x), Double(y)) - centre).squaredLength
            image[x, y] += Float(exp(-d / (2 * sigma * sigma)))
          }
        }
      }
      return image
    }
    let centre = Point(60, 60)
    let ring = (0..<6).map { centre + Point(24, 0).rotated(by: Double($0) * .pi / 3) }
    let basis = try ZernikeDescriptor().basis(side: side)
    func features(_ columns: [Point], isolating: Bool) -> [Float] {
      let sites = Sites(columns.map { Site(position: $0, amplitude: 1, sigmaMajor: sigma, sigmaMinor: sigma) })
      let moments = basis.moments(of: Patches(of: image(columns), around: columns, side: side))
      let result = isolating ? PatchIsolation.isolated(moments, of: sites, basis: basis) : moments
      return Array(result.values.row(0))
    }
    func distance(_ a: [Float], _ b: [Float]) -> Float {
      zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
    }
    let (whole, broken) = ([centre] + ring, [centre] + ring.dropLast())
    let raw = distance(features(whole, isolating: false), features(broken, isolating: false))
    let isolated = distance(features(whole, isolating: true), features(broken, isolating: true))
    #expect(isolated < 0.02 * raw)
  }
}
