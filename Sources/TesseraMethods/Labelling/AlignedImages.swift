import Foundation
import TesseraFitting
import TesseraImaging
import TesseraNumerics
import TesseraStructure

/// A series that is aligned, and the stages of its labelling.
struct AlignedImages {
  let series: ImageSeries
  let labelling: SeriesLabelling
  var alignment: SeriesAlignment
  let calibration: Calibration?

  /// Columns of the best image.
  struct Labels {
    var source: LabelledSeries.Source
    /// In pixels of the best image.
    var places: [Point]
    /// Heights in the best image, in its units.
    var heights: [Double]
    /// Typical distance of neighbours, and standard deviation of a column, in pixels.
    var spacing, sigma: Double
    /// The part of the best image in which all columns are known: its corners, in its pixels.
    var low, high: Point
    var warnings: [String]
  }

  /// Nil for an image that fits nowhere, and for the mean where there is none.
  private func motion(_ source: LabelledSeries.Source) -> FrameMotion? {
    switch source {
    case .mean: alignment.mean?.motion
    case .image(let index): alignment.images[index]?.motion
    }
  }

  /// - Throws: `DataError` for a mean that there is not; what reading the image throws.
  private func micrograph(_ source: LabelledSeries.Source) throws -> Micrograph {
    if case .image(let index) = source { return try series.micrograph(index) }
    guard let mean = alignment.mean else { throw DataError("the images have no common mean; choose one of them") }
    return Micrograph(name: "the mean of the images", pixels: mean.pixels, calibration: calibration)
  }

  /// The mean of images that are not aligned well has columns that no image has, so that it must be better by this factor than the best of them;
  /// that of three like images is.
  private static let meanAdvantage = 0.7

  /// The image in which columns have the smallest errors: those of the mean, fitted in each image.
  func best(progress: (Double) throws -> Void) throws -> LabelledSeries.Source {
    let labels: Labels
    do { labels = try self.labels(of: .mean, given: nil) } catch let error as DataError {
      // Images that were put together wrongly have a blurred mean, or none; one of them may still show its columns.
      guard let number = try clearest() else { throw error }
      return .image(number)
    }
    var best = (source: LabelledSeries.Source.mean, error: Double.infinity)
    let placed = series.names.indices.filter { alignment.images[$0] != nil }
    for source in [LabelledSeries.Source.mean] + placed.map({ .image($0) }) {
      let micrograph = try micrograph(source)
      let inside = moved(labels.places, from: .mean, to: source).filter {
        micrograph.pixels.contains(x: Int(saturating: $0.x.rounded()), y: Int(saturating: $0.y.rounded()))
      }
      guard !inside.isEmpty else { continue }
      let own = try fitted(at: inside, in: micrograph).medianError
      let error = source == .mean ? own / Self.meanAdvantage : own
      if error < best.error { best = (source, error) }
      if case .image(let index) = source { try progress(Double(index + 1) / Double(series.count)) }
    }
    return best.source
  }

  /// The columns of an image that is the best.
  func labels(
    of source: LabelledSeries.Source, given columns: ((Micrograph) throws -> KnownColumns)?
  ) throws -> Labels {
    let micrograph = try micrograph(source)
    var prepared = try labelling.preparation.prepared(micrograph)
    let input = MethodInput(micrograph, columns: try columns?(micrograph))
    let found = try labelling.finder.columns(of: input, in: &prepared, network: labelling.network)
    let size = Point(Double(alignment.width - 1), Double(alignment.height - 1))
    let part = source == .mean ? micrograph.pixels.map(\.isFinite).largestFull : (low: Point.zero, high: size)
    // A person's labels stand as he has put them.
    let sites = found.sites.sites
    let places = input.columns?.sites.positions ?? sites.map(\.position)
    let kept = places.indices.filter { index in
      (part.low.x - 0.5...part.high.x + 0.5).contains(places[index].x)
        && (part.low.y - 0.5...part.high.y + 0.5).contains(places[index].y)
    }
    guard let spacing = PlanarIndex(places).medianSpacing, !kept.isEmpty else {
      throw DataError(
        "\(micrograph.name): shows fewer than two columns, so there is nothing to label other images with")
    }
    return Labels(
      source: source, places: kept.map { places[$0] }, heights: kept.map { sites[$0].amplitude }, spacing: spacing,
      sigma: Statistics.median(sites.map(\.sigmaMinor)), low: part.low, high: part.high,
      warnings: found.warnings.map { "\(micrograph.name): \($0)" })
  }

  /// Median standard error per axis of the places of the columns that one image shows by itself, in pixels.
  ///
  /// - Throws: `DataError` where it shows none; what reading it throws.
  private func ownError(of index: Int) throws -> Double {
    let micrograph = try series.micrograph(index)
    var prepared = try labelling.preparation.prepared(micrograph)
    let found = try labelling.finder.columns(
      of: MethodInput(micrograph), in: &prepared, network: labelling.network)
    return Self.medianError(of: found)
  }

  /// The image whose own columns have the smallest errors; nil where none shows columns.
  func clearest() throws -> Int? {
    var best = (number: Int?.none, error: Double.infinity)
    for index in 0..<series.count {
      do {
        let error = try ownError(of: index)
        if error < best.error { best = (index, error) }
      } catch is DataError {
        continue  // It shows no columns.
      }
    }
    return best.number
  }

  private static func medianError(of found: ColumnFinder.Found) -> Double {
    Statistics.median(found.accuracies.map { ($0.position.squaredLength / 2).squareRoot() })
  }

  private func moved(
    _ places: [Point], from source: LabelledSeries.Source, to target: LabelledSeries.Source
  ) -> [Point] {
    guard source != target, let from = motion(source), let to = motion(target) else { return places }
    return places.map { to.place(of: from.specimen(at: $0)) }
  }

  private struct Fit {
    var found: ColumnFinder.Found
    var image: Raster<Float>

    var medianError: Double { AlignedImages.medianError(of: found) }
  }

  private func fitted(at places: [Point], in micrograph: Micrograph) throws -> Fit {
    let prepared = try labelling.preparation.prepared(micrograph)
    return Fit(
      found: try labelling.finder.fitted(at: places, in: prepared, name: micrograph.name), image: prepared.image)
  }

  /// The labels lie on bright spots by so many standard errors, or the image does not show them: of ten thousand images without columns,
  /// three would.
  private static let leastSignificance = 4.0
  /// A smaller part of the image, in pixels, cannot be trained on, nor checked.
  private static let leastSide = 32
  /// A column is gone whose height, and so many standard errors more, stays below this share of what it has in the best image, as columns
  /// of the image compare with those of the best: chance makes three of a hundred thousand.
  private static let (goneShare, goneErrors) = (0.5, 4.0)
  /// Columns lie within this share of the spacing of where registration sees them.
  private static let reach = 0.5
  /// Where all labels together fit better is sought within so many spacings: farther off, a lattice has the same places again.
  private static let searchReach = 1.5
  /// Labels that are farther from their columns than this share of the spacing are those of others.
  private static let leastHop = 0.3
  /// The best of some hundred places by chance has four standard errors once in a hundred images, and five once in ten thousand.
  private static let leastSearched = 5.0
  /// An image that lacks more than this share of the columns shows another place, or has changed too much.
  private static let largestGone = 0.2
  /// One that lacks more than this may be a lattice vector off, with columns where the best image has vacant nodes.
  private static let doubtfulGone = 0.02

  /// Places the images that are not aligned by their columns.
  mutating func placeOthers(_ labels: Labels, frames: FrameSeries) throws {
    guard let from = motion(labels.source) else { return }
    let specimen = labels.places.map { from.specimen(at: $0) }
    let present = alignment
    try alignment.placeOthers { index, foretold in
      let places = specimen.map { $0 + foretold }.filter(present.shows)
      let response = LabelResponse(of: try frames.frame(index), sigma: labels.sigma)
      guard let offset = response.placement(of: places, reach: Self.searchReach * labels.spacing),
        response.significance(of: places.map { $0 + offset }) >= Self.leastSearched
      else { return nil }
      return foretold + offset
    }
  }

  /// One image with the labels that it can be given, and whether it shows that it was aligned wrongly.
  func image(_ index: Int, with labels: Labels) throws -> (image: LabelledSeries.Image, isContradicted: Bool) {
    var image = LabelledSeries.Image(name: series.names[index])
    guard let placed = alignment.images[index] else {
      image.reason = "shows something else than most images, or nothing, and could not be aligned"
      return (image, false)
    }
    (image.shift, image.shiftError) = (placed.shift, placed.shiftError)
    let target = LabelledSeries.Source.image(index)
    let places = moved(labels.places, from: labels.source, to: target)
    let inside = places.indices.filter { alignment.shows(places[$0]) }
    guard inside.count >= LabelResponse.fewestLabels else {
      image.reason = "shows \(inside.count) columns of the best image, too few to tell whether it does"
      return (image, false)
    }
    let fit = try fitted(at: inside.map { places[$0] }, in: series.micrograph(index))
    let (sites, accuracies) = (fit.found.sites.sites, fit.found.accuracies)
    image.positionError = fit.medianError
    let rest =
      labels.source == target
      ? nil
      : FrameAlignment(
        places: inside.map { places[$0] }, fitted: sites.map(\.position), errors: fit.found.trustedErrors,
        reach: Self.reach * labels.spacing)
    func settled(_ place: Point) -> Point { rest?.applied(to: place) ?? place }
    (image.isDistorted, image.residual) = (rest?.isDistorted ?? false, rest?.residual ?? 0)
    if let rest {
      image.shift += rest.shift
      if !placed.isRegistered { image.shiftError = rest.shiftError }
    }
    let response = LabelResponse(of: fit.image, sigma: labels.sigma)
    image.significance = response.significance(of: inside.map { settled(places[$0]) })
    guard image.significance >= Self.leastSignificance else {
      image.reason = "does not show the columns: where they should be, it is not brighter than elsewhere"
      return (image, placed.isRegistered)
    }
    // Shorter offsets are those of distorted images, which the fit follows.
    let offset = response.offset(of: inside.map { settled(places[$0]) }, reach: Self.searchReach * labels.spacing)
    guard
      labels.source == target || hypot(Double(offset?.0 ?? 0), Double(offset?.1 ?? 0)) < Self.leastHop * labels.spacing
    else {
      image.reason = "shows the columns elsewhere than it should, so that its place is not sure"
      return (image, true)
    }
    let isGone =
      labels.source == target ? inside.map { _ in false } : Self.gone(inside, of: labels, sites: sites, accuracies)
    image.goneCount = isGone.count { $0 }
    guard Double(image.goneCount) <= Self.largestGone * Double(inside.count) else {
      image.reason =
        "lacks \(image.goneCount) of \(inside.count) columns of the best image: it shows another place, or has changed"
      return (image, true)
    }
    let corners = moved(Self.outline(of: labels), from: labels.source, to: target).map(settled)
    guard crop(&image, to: corners) else {
      image.reason = "shares too little with the best image"
      return (image, false)
    }
    image.labels = image.part(of: zip(inside, isGone).filter { !$1 }.map { settled(places[$0.0]) })
    // A shift that the registration itself is not sure of, or columns where the best image has none.
    let isUnsure = placed.isRegistered && placed.shiftError.length > Self.leastHop * labels.spacing
    return (image, isUnsure || Double(image.goneCount) > max(1, Self.doubtfulGone * Double(inside.count)))
  }

  /// Which of some labels have much less in an image than the best one foretells there.
  /// - Parameters:
  ///   - inside: the labels that the image shows.
  ///   - sites: what was fitted at each of these, with its `accuracies`.
  private static func gone(
    _ inside: [Int], of labels: Labels, sites: [Site], _ accuracies: [ColumnAccuracy]
  ) -> [Bool] {
    let ratio = Statistics.median(zip(inside, sites).map { $1.amplitude / labels.heights[$0] }.filter(\.isFinite))
    return zip(inside.indices, inside).map { number, label in
      let expected = ratio * labels.heights[label]
      return expected > 0
        && sites[number].amplitude + goneErrors * accuracies[number].amplitude < goneShare * expected
    }
  }

  /// Corners and middles of the sides of the part of the best image that is labelled: left, right, upper and lower side.
  private static func outline(of labels: Labels) -> [Point] {
    let (low, high) = (labels.low, labels.high)
    let middle = (low + high) / 2
    return [
      low, Point(low.x, middle.y), Point(low.x, high.y), Point(high.x, low.y), Point(high.x, middle.y), high,
      Point(middle.x, low.y), Point(middle.x, high.y),
    ]
  }

  /// Whether a part is left of the image that lies within the outline; its corners are set.
  private func crop(_ image: inout LabelledSeries.Image, to outline: [Point]) -> Bool {
    func whole(_ values: [Double], _ limit: Int, isLow: Bool) -> Int {
      let edge = isLow ? values.max()!.rounded(.up) : values.min()!.rounded(.down)
      return min(max(Int(saturating: edge), 0), limit - 1)
    }
    let (width, height) = (alignment.width, alignment.height)
    let x = (
      whole(outline[0...2].map(\.x), width, isLow: true), whole(outline[3...5].map(\.x), width, isLow: false)
    )
    let y = (
      whole([outline[0].y, outline[3].y, outline[6].y], height, isLow: true),
      whole([outline[2].y, outline[5].y, outline[7].y], height, isLow: false)
    )
    (image.x, image.y, image.width, image.height) = (x.0, y.0, x.1 - x.0 + 1, y.1 - y.0 + 1)
    return min(image.width, image.height) >= Self.leastSide
  }
}

extension Raster where Pixel == Bool {
  /// The corners of a large rectangle of true pixels: the side with the largest share of false ones is taken off again and again.
  fileprivate var largestFull: (low: Point, high: Point) {
    var (x, y) = (0...width - 1, 0...height - 1)
    func holes(_ columns: ClosedRange<Int>, _ rows: ClosedRange<Int>) -> Double {
      let count = rows.reduce(0) { sum, row in sum + columns.count { !self[$0, row] } }
      return Double(count) / Double(columns.count * rows.count)
    }
    while x.count > 1, y.count > 1 {
      let sides = [
        holes(x.lowerBound...x.lowerBound, y), holes(x.upperBound...x.upperBound, y),
        holes(x, y.lowerBound...y.lowerBound), holes(x, y.upperBound...y.upperBound),
      ]
      guard let most = sides.max(), most > 0 else { break }
      switch sides.firstIndex(of: most)! {
      case 0: x = x.lowerBound + 1...x.upperBound
      case 1: x = x.lowerBound...x.upperBound - 1
      case 2: y = y.lowerBound + 1...y.upperBound
      default: y = y.lowerBound...y.upperBound - 1
      }
    }
    return (
      Point(Double(x.lowerBound), Double(y.lowerBound)), Point(Double(x.upperBound), Double(y.upperBound))
    )
  }
}
