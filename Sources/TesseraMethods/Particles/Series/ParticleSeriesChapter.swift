import Foundation
import TesseraFigures
import TesseraImaging
import TesseraNumerics

/// The chapters of a report over the particles of several images.
struct ParticleSeriesChapter {
  let series: ParticleSeries

  /// Drawing images at random from fewer than these says nothing of their scatter.
  private static let fewestImages = 5
  private static let drawings = 1_000
  /// Tracks that grow or shrink count where their rate is so many of its errors from 0.
  private static let clearRate = 3.0
  /// A figure of more curves is not readable.
  private static let mostCurves = 40

  var sections: [ReportDocument.Section] {
    var sections = [ReportDocument.Section("All particles", blocks)]
    if let tracks = series.tracks { sections.append(.init("Through the series", self.blocks(of: tracks))) }
    return sections
  }

  // MARK: - All particles

  private var all: [(particle: ParticleRecord.Row, scale: Double)] {
    series.records.flatMap { record in record.rows.map { ($0, series.scale(of: record)) } }
  }

  private var blocks: [ReportDocument.Block] {
    let all = all
    guard !all.isEmpty else { return [.paragraph("No image has a particle that its border does not cut.")] }
    let diameters = all.map { $0.particle.diameter * $0.scale }
    var text =
      "\(all.count) particles in \(series.records.count) images; median diameter \(Number.short(Statistics.median(diameters), digits: 3)) "
      + "\(series.unit), mean \(Number.short(Statistics.mean(diameters), digits: 3)), standard deviation "
      + "\(Number.short(Statistics.deviation(diameters), digits: 2))."
    let classified = all.filter { $0.particle.kind != nil }
    if !classified.isEmpty {
      text += " On axis: " + share({ $0.kind == .fault || $0.kind == .noFault }, among: { $0.kind != nil }) + "."
      if classified.contains(where: { $0.particle.kind == .fault || $0.particle.kind == .noFault }) {
        text +=
          " Of those with a fault: " + share({ $0.kind == .fault }, among: { $0.kind == .fault || $0.kind == .noFault })
          + "."
      }
    }
    var figures: [ReportDocument.Figure] = [
      .init(
        "all-diameters", title: "Diameters", caption: "Of the disc of the same area, all images.",
        HistogramFigure(
          values: diameters, title: "diameter, \(series.unit)", summary: "Histogram of all diameters"
        ).drawing()),
      .init(
        "all-circularity", title: "Circularity", caption: "1 for a disc, all images.",
        HistogramFigure(
          values: all.map(\.particle.circularity), title: "circularity", summary: "Histogram of all circularities"
        ).drawing()),
    ]
    let judged = classified.filter { $0.particle.faultProbability != nil }
    if !judged.isEmpty {
      figures.append(
        .init(
          "all-size-fault", title: "Size and faults", caption: "Every particle that has a class.",
          PointFigure(
            points: judged.map { Point($0.particle.diameter * $0.scale, $0.particle.faultProbability ?? 0) },
            styles: judged.map { ParticleChapter.style(of: $0.particle.kind) }, x: Axis("diameter, \(series.unit)"),
            y: Axis("probability of a fault"), summary: "Probability of a fault against the diameter"
          ).drawing()))
    }
    return [.paragraph(text), .row(figures)]
  }

  /// A share with Wilson's interval, and with that of drawing whole images: particles of one image resemble each other.
  private func share(
    _ isCounted: (ParticleRecord.Row) -> Bool, among isAsked: (ParticleRecord.Row) -> Bool
  ) -> String {
    let counts = series.records.map { record in
      let asked = record.rows.filter(isAsked)
      return (counted: asked.count(where: isCounted), all: asked.count)
    }
    let (counted, count) = (counts.reduce(0) { $0 + $1.counted }, counts.reduce(0) { $0 + $1.all })
    let wilson = Statistics.shareInterval(counted, of: count)
    func range(_ low: Double, _ high: Double) -> String { "\(Number.percent(low)) to \(Number.percent(high))" }
    var text =
      "\(Number.percent(Double(counted) / Double(count))) (\(counted) of \(count); 95 %: \(range(wilson[0], wilson[1]))"
    if counts.count(where: { $0.all > 0 }) >= Self.fewestImages {
      var random = RandomSource(seed: 1)
      let shares = (0..<Self.drawings).compactMap { _ -> Double? in
        let drawn = counts.indices.map { _ in counts[random.index(below: counts.count)] }
        let all = drawn.reduce(0) { $0 + $1.all }
        return all > 0 ? Double(drawn.reduce(0) { $0 + $1.counted }) / Double(all) : nil
      }
      // Where all images agree, drawing them tells nothing.
      let (low, high) = (Statistics.quantile(shares, 0.025), Statistics.quantile(shares, 0.975))
      if high > low { text += ", by drawing images \(range(low, high))" }
    }
    return text + ")"
  }

  // MARK: - Tracks

  private func blocks(of tracks: [ParticleTrack]) -> [ReportDocument.Block] {
    let empty = series.emptyImages.count
    let whole = tracks.count { $0.steps.count == series.records.count - empty }
    let joined = tracks.compactMap { track -> String? in
      guard case .joins(let other) = track.ending, let last = track.steps.last else { return nil }
      return joining(track, into: other, after: last.image, among: tracks)
    }
    let drift = series.drifts.reduce(Point(0, 0)) { $0 + $1 }
    var text =
      "\(tracks.count) tracks, of which \(whole) run through all \(series.records.count - empty) images"
      + (empty > 0
        ? " that show particles (\(empty) show\(empty == 1 ? "s" : "") none, and end\(empty == 1 ? "s" : "") no track that goes on)"
        : "")
      + "; \(joined.count) end in another particle. "
      + "The drift over the series, which was taken out, is \(Text.fixed(drift, 1)) px."
    let rates = tracks.compactMap { track in track.growth.map { (track, $0) } }
    let growing = rates.filter { $0.1.rate > Self.clearRate * $0.1.error }
    let shrinking = rates.filter { $0.1.rate < -Self.clearRate * $0.1.error }
    text +=
      " Of \(rates.count) tracks of three images and more, \(growing.count) grow and \(shrinking.count) shrink by more than "
      + "\(Number.short(Self.clearRate, digits: 1)) standard errors."
    var blocks: [ReportDocument.Block] = [.paragraph(text)]
    if !joined.isEmpty { blocks.append(.list(joined)) }
    let longest = tracks.sorted { ($1.steps.count, $0.number) < ($0.steps.count, $1.number) }.prefix(Self.mostCurves)
    if series.records.count > 1 {
      blocks.append(
        .figure(
          .init(
            "tracks", title: "Diameters through the series",
            caption: longest.count < tracks.count ? "The \(longest.count) longest tracks." : "All tracks.",
            figure(of: Array(longest)))))
    }
    blocks.append(.table(table(of: rates.map { ($0.0, $0.1.rate, $0.1.error) })))
    return blocks
  }

  private func joining(_ track: ParticleTrack, into other: Int, after image: Int, among tracks: [ParticleTrack])
    -> String?
  {
    guard let target = tracks.first(where: { $0.number == other }),
      let before = target.steps.first(where: { $0.image == image })?.particle,
      // Images without particles are left out.
      let after = target.steps.first(where: { $0.image > image }),
      let lost = track.steps.last?.particle
    else { return nil }
    let ratio = after.particle.area / (before.area + lost.area)
    return "Track \(track.number) joins track \(other) in \(series.records[after.image].image): the area becomes "
      + "\(Text.fixed(ratio, 2)) of the sum of both before."
  }

  private func figure(of tracks: [ParticleTrack]) -> Drawing {
    let curve = Color(0x0072B2)
    var figure = LineFigure(
      curves: tracks.map { track in
        .init(
          name: "",
          points: track.steps.map {
            Point(Double($0.image + 1), $0.particle.diameter * series.scale(of: series.records[$0.image]))
          }, color: curve)
      }, x: .images, y: Axis("diameter, \(series.unit)"), summary: "Diameters of tracks against the image")
    figure.hasLegend = false
    return figure.drawing()
  }

  private func table(of rates: [(track: ParticleTrack, rate: Double, error: Double)]) -> ReportDocument.Table {
    .init(
      columns: [
        .init("Track", isNumeric: true), .init("Images", isNumeric: true),
        .init("First diameter, \(series.unit)", isNumeric: true), .init("Last", isNumeric: true),
        .init("Growth per image", isNumeric: true), .init("Error", isNumeric: true), .init("Begins"), .init("Ends"),
      ],
      rows: rates.map { track, rate, error in
        let scale = track.steps.first.map { series.scale(of: series.records[$0.image]) } ?? 1
        func cell(_ value: Double, _ decimals: Int) -> ReportDocument.Table.Cell {
          .init(Text.fixed(value, decimals), value: value)
        }
        return [
          .init("\(track.number)", value: Double(track.number)),
          .init("\(track.steps.count)", value: Double(track.steps.count)),
          cell((track.steps.first?.particle.diameter ?? 0) * scale, 2),
          cell((track.steps.last?.particle.diameter ?? 0) * scale, 2), cell(rate * scale, 3), cell(error * scale, 3),
          .init(track.beginning.text), .init(track.ending.text),
        ]
      })
  }
}
