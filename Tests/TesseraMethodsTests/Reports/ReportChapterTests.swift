import Foundation
import TesseraFigures
import TesseraImaging
import TesseraLearning
import TesseraMethods
import TesseraNumerics
import TesseraStructure
import Testing

/// A square crystal of two kinds of columns, one in nine of the second kind missing.
struct ExampleCrystal {
  let micrograph: Micrograph
  let sites: Sites
  let classes: Classes
  let spacing = 16.0

  init(size: Int = 240) {
    var pixels = Raster<Float>(width: size, height: size, filling: 1)
    var source = RandomSource(seed: 4)
    var (sites, raw) = ([Site](), [Int]())
    let count = size / 8
    for j in 0..<count {
      for i in 0..<count where (i + j).isMultiple(of: 2) {
        let place = Point(4 + 8 * Double(i), 4 + 8 * Double(j))
        let isSecond = j.isMultiple(of: 2)
        let isMissing = isSecond && source.uniform() < 0.11
        sites.append(Site(position: place, kind: isMissing ? .vacant : .column))
        raw.append(isMissing ? 2 : isSecond ? 1 : 0)
        let height = isMissing ? 0 : isSecond ? 12.0 : 20
        for y in max(0, Int(place.y) - 9)..<min(size, Int(place.y) + 10) {
          for x in max(0, Int(place.x) - 9)..<min(size, Int(place.x) + 10) {
            pixels[x, y] += Float(height * exp(-(Point(Double(x), Double(y)) - place).squaredLength / 10))
          }
        }
      }
    }
    pixels.values = pixels.values.map { Float(source.poisson(Double($0))) }
    micrograph = Micrograph(name: "example.tif", pixels: pixels, calibration: Calibration(nanometresPerPixel: 0.02))
    self.sites = Sites(sites)
    classes = Classes(grouping: raw)
  }

  var patches: Patches { Patches(of: micrograph, around: sites, side: 21) }
}

struct `The chapters of a report` {
  private static let crystal = ExampleCrystal()

  private func figures(of section: ReportDocument.Section) -> [ReportDocument.Figure] {
    var document = ReportDocument(title: "", headline: "")
    document.sections = [section]
    return document.figures
  }

  @Test func `show every site, and a detail with rare sites`() {
    let crystal = Self.crystal
    let section = ColumnsChapter(micrograph: crystal.micrograph, sites: crystal.sites, classes: crystal.classes).section
    let figures = figures(of: section)
    #expect(figures.map(\.name) == ["micrograph", "columns"])
    #expect(figures[0].caption.contains("240 × 240 pixels (4.8 × 4.8 nm)"))
    #expect(figures[1].caption.contains("lattice nodes without a column"))
  }

  @Test func `mark atoms far apart with rings, which leave them visible`() {
    let places = (0..<16).map { Point(30 + 60 * Double($0 % 4), 30 + 60 * Double($0 / 4)) }
    func caption(sigma: Double) -> String {
      let sites = Sites(places.map { Site(position: $0, sigmaMajor: sigma, sigmaMinor: sigma) })
      return figures(of: ColumnsChapter(micrograph: Self.crystal.micrograph, sites: sites, classes: nil).section)[1]
        .caption
    }
    #expect(caption(sigma: 3).contains("rings of rare classes"))
    #expect(caption(sigma: 12).contains("its own colour and marker"))
  }

  @Test func `show no figure of cells where all are the perfect crystal`() throws {
    let crystal = Self.crystal
    let labels = [Int](repeating: 1, count: crystal.sites.count)
    let grid = try #require(CellGrid(origin: Point(-2, -2), u: Point(16, 0), v: Point(0, 16)))
    let cells = try LatticeCells().cells(of: crystal.sites.positions, labels: labels, grid: grid)
    let section = CellsChapter(
      micrograph: crystal.micrograph, cells: cells, hierarchy: try HierarchyMethod().hierarchy(of: cells),
      classes: Classes(grouping: labels)
    ).section
    #expect(figures(of: section).isEmpty)
  }

  /// The only rare sites stand together, away from the middle, which is what the detail shows where nothing is rare.
  @Test func `show a detail where rare sites are`() throws {
    let crystal = Self.crystal
    let positions = crystal.sites.positions
    let rare = Set(PlanarIndex(positions).nearest(4, to: Point(180, 60)))
    let classes = Classes(grouping: positions.indices.map { rare.contains($0) ? 2 : $0 % 2 })
    let section = ColumnsChapter(micrograph: crystal.micrograph, sites: crystal.sites, classes: classes).section
    let drawing = figures(of: section)[1].drawing
    // The image is 660 wide and as high; the detail stands at its right, less the caption and the frame.
    let pixels = drawing.pixels(scale: 1)
    func shows(_ style: ClassStyle) -> Int {
      (24..<290).reduce(0) { sum, y in sum + (674..<960).count { pixels[$0, y].isNear(style.color) } }
    }
    let styles = classes.styles
    try #require(classes.rare == [3])
    // Four markers of a radius of 5 to 8, and their outlines.
    #expect((4 * 60...4 * 220).contains(shows(styles[2])))
    #expect(shows(styles[0]) > 1000 && shows(styles[1]) > 1000)
  }

  @Test func `average the patches of a class and compare one with its reconstruction`() throws {
    let crystal = Self.crystal
    let patches = crystal.patches
    let moments = try ZernikeDescriptor().moments(of: patches)
    let chapter = MotifsChapter(
      classes: crystal.classes, calibration: crystal.micrograph.calibration, patches: patches, moments: moments,
      layout: Layout(points: crystal.sites.positions), isDiscrete: true)
    #expect(figures(of: chapter.section).map(\.name) == ["classes", "layout", "moments", "reconstruction"])
    // The middle of a mean patch is the column's height above the background of 1, but for the neighbours' tails and
    // a noise of √21 / √400.
    #expect(abs(try #require(chapter.averages[0])[10, 10] - 21) < 1)
    #expect(try #require(chapter.averages[2])[10, 10] < 2)
    #expect(try #require(chapter.averages[0])[0, 0].isNaN)
    #expect(chapter.examples.map(\.label) == [1, 2, 3])
  }

  @Test func `point at rare classes only`() {
    let crystal = Self.crystal
    let rare = RareMotifsChapter(
      micrograph: crystal.micrograph, sites: crystal.sites, classes: crystal.classes, patchSide: 21)
    #expect(rare.section != nil)
    // Of eighteen classes of 25 sites all are rare; rings around more than a quarter of the sites would be a carpet.
    let many = RareMotifsChapter(
      micrograph: crystal.micrograph, sites: crystal.sites,
      classes: Classes(grouping: crystal.sites.sites.indices.map { $0 % 18 }), patchSide: 21)
    #expect(many.classes.rare.count == 18 && many.shown == [15, 16, 17, 18])
    let even = RareMotifsChapter(
      micrograph: crystal.micrograph, sites: crystal.sites,
      classes: Classes(grouping: crystal.sites.sites.indices.map { $0 % 2 }), patchSide: 21)
    #expect(even.section == nil)
  }

  @Test func `state the plane spacing and the patch size in nm`() {
    let crystal = Self.crystal
    let chapter = LatticeChapter(
      spectrum: PowerSpectrum(of: crystal.micrograph.pixels), calibration: crystal.micrograph.calibration,
      basis: [Point(1 / 16, 0), Point(0, 1 / 16)], ringFrequency: 1 / 16, patchSide: 33, finding: "Square.")
    let captions = figures(of: chapter.section).map(\.caption)
    #expect(captions[1].contains("2 / r₀ wide: 33 pixels (0.66 nm)"))
  }

  @Test func `paint what differs from the perfect crystal`() throws {
    let crystal = Self.crystal
    let grid = try #require(CellGrid(origin: Point(-2, -2), u: Point(16, 0), v: Point(0, 16)))
    let cells = try LatticeCells().cells(of: crystal.sites.positions, labels: crystal.classes.labels, grid: grid)
    let hierarchy = try HierarchyMethod().hierarchy(of: cells)
    let section = CellsChapter(
      micrograph: crystal.micrograph, cells: cells, hierarchy: hierarchy, classes: crystal.classes
    ).section
    let figures = figures(of: section)
    #expect(figures.map(\.name) == ["cells", "hierarchy"])
    // The image is 880 pixels wide. It is grey, and so is a perfect cell in its thin outline.
    let pixels = figures[0].drawing.pixels(scale: 1)
    let scale = 880.0 / Double(crystal.micrograph.width)
    let complete = cells.cells.filter { $0.type != nil }
    let usual = Set(hierarchy.dominant)
    #expect(complete.count > 100 && complete.contains { !usual.contains($0.type!) })
    for cell in complete {
      let centre = (cell.outline.reduce(.zero, +) / Double(cell.outline.count) + Point(0.5, 0.5)) * scale
      #expect(pixels[Int(centre.x), Int(centre.y)].isGrey == usual.contains(cell.type!), "\(cell.centre)")
    }
  }

  @Test func `survive an image in which nothing was found`() {
    let crystal = Self.crystal
    let nothing = Classes(grouping: [])
    let columns = ColumnsChapter(micrograph: crystal.micrograph, sites: Sites([]), classes: nothing)
    let motifs = MotifsChapter(classes: nothing, calibration: nil, averages: [], layout: nil)
    var document = ReportDocument(title: "empty", headline: "No atom columns were found.")
    document.sections = [columns.section, motifs.section]
    #expect(document.files().count == 7)
  }
}

extension UInt32 {
  /// Red, green and blue of a pixel.
  private var channels: [Int] { [Int(self >> 16 & 255), Int(self >> 8 & 255), Int(self & 255)] }

  fileprivate var isGrey: Bool { channels.max()! - channels.min()! <= 2 }

  /// Whether this is the colour of a marker, which lets a twentieth of the image through.
  fileprivate func isNear(_ color: Color) -> Bool {
    zip(channels, color.packed.channels).allSatisfy { abs($0 - $1) <= 13 }
  }
}

struct `The headline` {
  private let classes = Classes(
    grouping: [Int](repeating: 0, count: 60) + [Int](repeating: 1, count: 36) + [Int](repeating: 2, count: 4))

  @Test func `says what was found, and what is rare`() {
    let headline = ReportHeadline(columnCount: 1234, vacantCount: 2, classes: classes, isDiscrete: true)
    #expect(headline.sentence == "1,234 columns form 3 motifs, 1 of them rare; 2 lattice nodes are vacant.")
    #expect(
      headline.details
        == "Most sites are motif 1 (60; 60\u{A0}%) and motif 2 (36; 36\u{A0}%). Rare: motif 3 (4; 4\u{A0}%).")
  }

  @Test func `does not name motifs in a continuum`() {
    let headline = ReportHeadline(columnCount: 5, vacantCount: 0, classes: classes, isDiscrete: false)
    #expect(headline.sentence.contains("change continuously"))
    #expect(headline.details.isEmpty)
  }

  @Test func `fits few columns, and none`() {
    let one = Classes(grouping: [0])
    #expect(ReportHeadline(columnCount: 0, vacantCount: 0, classes: nil, isDiscrete: nil).sentence.contains("No atom"))
    #expect(
      ReportHeadline(columnCount: 1, vacantCount: 0, classes: one, isDiscrete: true).sentence
        == "1 column, all of one motif.")
    #expect(
      ReportHeadline(columnCount: 3, vacantCount: 1, classes: nil, isDiscrete: nil).sentence
        == "3 columns were located; 1 lattice node is vacant.")
  }
}
