import CCairo
import Foundation
import TesseraFigures
import TesseraImaging
import TesseraNumerics
import TestSupport
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

struct `Drawings of the gallery` {
  static let gallery = Gallery(size: 512).drawings()

  @Test(.slow, arguments: gallery.indices) func `decode to their size`(index: Int) {
    let drawing = Self.gallery[index].drawing
    for scale in [1, drawing.naturalScale] {
      let image = decoded(drawing.png(scale: scale))
      #expect(image?.width == Int((drawing.width * scale).rounded(.up)))
      #expect(image?.height == Int((drawing.height * scale).rounded(.up)))
      // Something was drawn.
      #expect(Set(image?.values ?? []).count > 4)
    }
  }

  @Test(arguments: gallery.indices) func `are well-formed SVG that loads nothing`(index: Int) {
    let data = Self.gallery[index].drawing.svg()
    let reader = SVGReader()
    let parser = XMLParser(data: data)
    parser.delegate = reader
    #expect(parser.parse(), "\(Self.gallery[index].name): \(String(describing: parser.parserError))")
    #expect(reader.titles == [Self.gallery[index].drawing.summary])
    for link in reader.links { #expect(link.hasPrefix("#") || link.hasPrefix("data:image/png;base64,")) }
    #expect(Set(reader.identifiers).count == reader.identifiers.count)
    for link in reader.links where link.hasPrefix("#") {
      #expect(reader.identifiers.contains(String(link.dropFirst())))
    }
  }

  @Test(.slow) func `have the same bytes each time and on several threads`() {
    let first = Self.gallery.map { [$0.drawing.png(), $0.drawing.svg()] }
    // Cairo counts the surfaces of a process, and caches glyphs: neither may show.
    let again = concurrentMap(count: Self.gallery.count) { index in
      [Self.gallery[index].drawing.png(), Self.gallery[index].drawing.svg()]
    }
    for (index, pair) in zip(first, again).enumerated() { #expect(pair.0 == pair.1, "\(Self.gallery[index].name)") }
  }

  /// Set TESSERA_GALLERY to a folder to look at every figure.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["TESSERA_GALLERY"] != nil))
  func `can be looked at`() throws {
    let folder = URL(filePath: ProcessInfo.processInfo.environment["TESSERA_GALLERY"]!, directoryHint: .isDirectory)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for (name, drawing) in Gallery().drawings() {
      let (png, svg) = (drawing.png(), drawing.svg())
      try png.write(to: folder.appending(path: name + ".png"))
      try svg.write(to: folder.appending(path: name + ".svg"))
      print(name, "png", png.count / 1000, "kB, svg", svg.count / 1000, "kB")
    }
  }
}

struct `An image figure` {
  // 64 grey levels: half a level is 2 of 255; the mean over a pixel's area adds the ramp's step of a third.
  @Test func `shows intensities as they are`() throws {
    var ramp = Raster<Float>(width: 880, height: 40, filling: 0)
    for y in 0..<40 { for x in 0..<880 { ramp[x, y] = Float(x) / 879 } }
    var figure = ImageFigure(ramp, calibration: nil, summary: "A ramp")
    figure.contrast = .range(0, 1)
    figure.showsScaleBar = false
    let image = try #require(decoded(figure.drawing().png(scale: 1)))
    for x in 0..<880 { #expect(abs(Int(image[x, 20] & 255) - x * 255 / 879) <= 5) }
  }

  @Test func `puts a marker where its site is`() throws {
    let dark = Raster<Float>(width: 440, height: 440, filling: 0)
    let look = ClassStyle(name: "one", color: Color(0xFF0000))
    var figure = ImageFigure(dark, calibration: nil, summary: "One site")
    figure.showsScaleBar = false
    let site = Point(100, 330)
    let markers = SiteMarkers(points: [site], labels: [1], styles: [look], radius: 4)
    let image = try #require(decoded(figure.adding(markers).drawing().png(scale: 1)))
    // Two drawing units a pixel; the pixel's centre lies half a pixel from its corner.
    let red = image.values.indices.filter { image.values[$0] >> 16 > 200 && image.values[$0] >> 8 & 255 < 40 }
    let centre =
      red.reduce(Point.zero) { $0 + Point(Double($1 % image.width), Double($1 / image.width)) }
      * (1 / Double(red.count))
    #expect((centre - Point(2 * site.x + 0.5, 2 * site.y + 0.5)).length < 0.3)
  }

  @Test func `of nothing but gaps, of one pixel, and without sites can be drawn`() {
    for image in [
      Raster<Float>(width: 30, height: 20, filling: .nan), Raster<Float>(width: 1, height: 1, filling: 3),
      Raster<Float>(width: 2, height: 900, filling: 1), Raster<Float>(width: 900, height: 2, filling: 1),
    ] {
      var figure = ImageFigure(image, calibration: nil, summary: "Odd")
      figure.zooms = [.init(centre: Point(0, 0), side: 8, caption: "a corner")]
      figure.colorBarTitle = "value"
      let drawing = figure.adding(SiteMarkers(points: [], labels: [], styles: [])).drawing()
      #expect(decoded(drawing.png(scale: 1))?.width == Int(drawing.width))
    }
  }
}

struct `Plots` {
  @Test func `without data, or with gaps, can be drawn`() {
    let line = LineFigure(
      curves: [.init(name: "gap", points: [Point(0, 1), Point(1, .nan), Point(2, 0), Point(3, 5)])],
      x: Axis("x"), y: Axis("y", scale: .logarithmic), summary: "Gap")
    let none = LineFigure(curves: [], x: Axis("x"), y: Axis("y"), summary: "None")
    let drawings = [
      line.drawing(), none.drawing(),
      ScatterFigure(points: [], labels: [], styles: [], summary: "None").drawing(),
      ScatterFigure(points: [Point(1, 1), Point(.nan, 0)], labels: [0, 0], styles: [], summary: "One").drawing(),
      HistogramFigure(values: [], title: "x", summary: "None").drawing(),
      HistogramFigure(values: [2, 2, .nan], title: "x", summary: "Same").drawing(),
      HierarchyFigure(nodes: [], edges: [], summary: "None").drawing(),
      HierarchyFigure(nodes: [.init(level: 1, count: 3)], edges: [], summary: "Disc").drawing(),
      ContactSheet(tiles: [], calibration: nil, summary: "None").drawing(),
      ComparisonFigure(rows: [], calibration: nil, summary: "None").drawing(),
      MomentsFigure(classes: [], means: [], orders: [], summary: "None").drawing(),
    ]
    for drawing in drawings {
      #expect(decoded(drawing.png(scale: 1)) != nil, "\(drawing.summary)")
      #expect(XMLParser(data: drawing.svg()).parse(), "\(drawing.summary)")
    }
  }

  @Test func `of strain show the axes they are measured in`() {
    let flat = Raster<Float>(width: 300, height: 300, filling: 0.01)
    let figure = StrainFigure(StrainPlanes(exx: flat, eyy: flat, exy: flat, rotation: flat), calibration: nil)
    var turned = figure
    turned.axis = 0.5
    for (one, other) in zip(figure.maps, turned.maps) {
      // Only the strains have axes; a turn has none.
      let isAlike = one.drawing.png(scale: 1) == other.drawing.png(scale: 1)
      #expect(isAlike == ["rotation", "hydrostatic"].contains(one.name), "\(one.name)")
    }
  }

  // Coinciding points are moved apart, so a cloud that collapsed to a dot still shows how many points it holds.
  @Test func `show the size of a collapsed cloud`() throws {
    let look = ClassStyle(name: "one", color: Color(0xFF0000))
    func redPixels(_ count: Int) throws -> Int {
      let points = [Point](repeating: .zero, count: count) + [Point(1, 1)]
      var figure = ScatterFigure(
        points: points, labels: [Int](repeating: 1, count: count) + [0], styles: [look], summary: "Collapsed")
      figure.namesClasses = false
      figure.legend = []
      let image = try #require(decoded(figure.drawing().png(scale: 1)))
      return image.values.count { $0 >> 16 > 120 && $0 >> 8 & 255 < 110 }
    }
    #expect(try redPixels(900) > 20 * redPixels(1))
  }

  // More points than the plot has cells: each looks for a free one once, not past all that are taken again and again.
  @Test func `hold hundreds of thousands of points in seconds`() {
    var random = RandomSource(seed: 1)
    let points = (0..<200_000).map { Point(Double($0 % 20), 0) + 0.1 * Point(random.gaussian(), random.gaussian()) }
    let figure = ScatterFigure(
      points: points, labels: [Int](repeating: 0, count: points.count), styles: [], summary: "Clouds")
    let start = ContinuousClock.now
    let places = figure.places
    #expect(ContinuousClock.now - start < .seconds(10))
    #expect(places.allSatisfy { $0.x.isFinite && $0.y.isFinite })
    #expect(Set(places.map { SIMD2($0.x.rounded(.down), $0.y.rounded(.down)) }).count > 100_000)
  }

  // Two clouds of a class, and one stray half way between them, where another class is.
  @Test func `name a class in two clouds at one of them`() throws {
    func cloud(_ x: Double, _ y: Double, _ count: Int) -> [Point] {
      (0..<count).map { Point(x, y) + 0.02 * Point(Double($0 % 5), Double($0 / 5)) }
    }
    let points = cloud(0, 0, 30) + cloud(0, 1, 30) + [Point(0, 0.5)] + cloud(0, 0.5, 20) + cloud(1, 0, 40)
    let labels = [Int](repeating: 1, count: 61) + [Int](repeating: 2, count: 20) + [Int](repeating: 3, count: 40)
    let styles = ["torn", "middle", "far"].map { ClassStyle(name: $0, color: Color(0xFF0000)) }
    let figure = ScatterFigure(points: points, labels: labels, styles: styles, summary: "Three classes")
    let name = try #require(figure.namePlaces[1])
    func distance(_ sites: Range<Int>) -> Double { figure.places[sites].map { ($0 - name).length }.min() ?? .infinity }
    #expect(min(distance(0..<30), distance(30..<60)) < distance(61..<81))
    #expect(min(distance(0..<30), distance(30..<60)) < 60)
  }

  @Test func `escape what a file's name may hold`() {
    let hostile = "</title><script>alert(1)</script>\u{0}&\"'\u{1F600}"
    let styles = ClassStyle.styles(names: [hostile], counts: [1])
    let svg = ScatterFigure(points: [Point(0, 0)], labels: [1], styles: styles, summary: hostile).drawing().svg()
    let reader = SVGReader()
    let parser = XMLParser(data: svg)
    parser.delegate = reader
    #expect(parser.parse())
    #expect(!reader.elements.contains("script"))
  }
}

/// What an SVG names, shows and loads.
private final class SVGReader: NSObject, XMLParserDelegate {
  var titles: [String] = []
  var links: [String] = []
  var identifiers: [String] = []
  var elements: Set<String> = []
  private var isTitle = false

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    elements.insert(name)
    isTitle = name == "title"
    if isTitle { titles.append("") }
    if let id = attributes["id"] { identifiers.append(id) }
    for (key, value) in attributes where key.hasSuffix("href") { links.append(value) }
  }
  func parser(_ parser: XMLParser, foundCharacters text: String) { if isTitle { titles[titles.count - 1] += text } }
  func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
    isTitle = false
  }
}

/// A PNG as another decoder (libpng, through cairo) reads it: pixels 0x00RRGGBB.
private func decoded(_ file: Data) -> Raster<UInt32>? {
  var rest = file[...]
  return withUnsafeMutablePointer(to: &rest) { source -> Raster<UInt32>? in
    let surface = cairo_image_surface_create_from_png_stream(
      { source, target, length in
        guard let source, let target else { return CAIRO_STATUS_READ_ERROR }
        let data = source.assumingMemoryBound(to: Data.self)
        guard data.pointee.count >= Int(length) else { return CAIRO_STATUS_READ_ERROR }
        data.pointee.prefix(Int(length)).copyBytes(to: target, count: Int(length))
        data.pointee = data.pointee.dropFirst(Int(length))
        return CAIRO_STATUS_SUCCESS
      }, source)
    defer { cairo_surface_destroy(surface) }
    guard cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS, let bytes = cairo_image_surface_get_data(surface)
    else {
      return nil
    }
    let (width, height) = (Int(cairo_image_surface_get_width(surface)), Int(cairo_image_surface_get_height(surface)))
    let stride = Int(cairo_image_surface_get_stride(surface))
    var pixels = Raster<UInt32>(width: width, height: height, filling: 0)
    for y in 0..<height {
      for x in 0..<width {
        pixels[x, y] = UnsafeRawPointer(bytes + y * stride + 4 * x).load(as: UInt32.self) & 0xFFFFFF
      }
    }
    return pixels
  }
}
