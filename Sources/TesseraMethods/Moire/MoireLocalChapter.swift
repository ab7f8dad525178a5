import Foundation
import TesseraFigures
import TesseraImaging
import TesseraNumerics
import TesseraStructure

/// The parts of a moire report that go from place to place: maps of twist and strain, walls, and how alike domains are.
struct MoireLocalChapter {
  var result: MoireResult
  var styles: [ClassStyle]

  private var moire: Moire { result.moire }
  private var length: LengthText { LengthText(calibration: result.micrograph.calibration) }

  var sections: [ReportDocument.Section] { [mapSection, domainSection].compactMap { $0 } }

  // MARK: Maps

  private var mapSection: ReportDocument.Section? {
    guard let map = moire.map, let local = result.summary.local else { return nil }
    let planes = map.planes(width: result.micrograph.width, height: result.micrograph.height)
    let mean = local.twistMeanDegrees
    let names = ["twist less its mean (degrees)", "exx", "eyy", "exy"]
    let figures = planes.enumerated().map { index, plane -> ReportDocument.Figure in
      let shown = index == 0 ? plane.map { $0 - Float(mean) } : plane
      var figure = ImageFigure.signedMap(
        shown, calibration: result.micrograph.calibration, title: names[index], summary: "Map of \(names[index])")
      figure.width = 380
      figure.showsScaleBar = result.micrograph.calibration != nil
      return .init(
        "local-" + (index == 0 ? "twist" : names[index]), title: names[index],
        caption: index == 0
          ? "Local twist less its mean of \(Text.fixed(mean, 3))°."
          : "Local strain of the second layer against the first.",
        figure.drawing())
    }
    let isSeen = local.twistDeviationDegrees > 2 * local.twistErrorDegrees
    let text =
      "The waves of both layers were fitted in \(local.measured) of \(local.windows) windows of \(length(2 * map.resolution)) with a Hann "
      + "weight: what changes over less than \(length(map.resolution)), half of that, is not resolved. The twist varies by "
      + "\(Text.fixed(local.twistDeviationDegrees, 3))° (standard deviation) where one window is known to \(Text.fixed(local.twistErrorDegrees, 3))°: "
      + (isSeen ? "more than the errors explain." : "no more than the errors explain.")
    return .init(
      "Local twist and strain", [.paragraph(text), .row(Array(figures.prefix(2))), .row(Array(figures.suffix(2)))])
  }

  // MARK: Domains

  private var domainSection: ReportDocument.Section? {
    guard let domains = result.domains else { return nil }
    var blocks: [ReportDocument.Block] = []
    if !domains.walls.isEmpty {
      let rows = result.summary.walls.map { wall -> [ReportDocument.Table.Cell] in
        [
          .init(wall.kinds.map(\.rawValue).joined(separator: " | ")),
          .init(length.withError(wall.widthNm ?? wall.widthPx)),
          .init(Text.fixed(wall.share, 2)), .init("\(wall.sites)"),
        ]
      }
      blocks += [
        .paragraph(
          "A wall is where the surroundings of the columns go from 12 to 88 % of the way from those at anchors of one kind to those of the "
            + "other. In two rigid layers they change all the way, and how wide the wall seems depends on how wide the columns are and which of "
            + "them are resolved: a quarter to two thirds of the distance of the anchors. The width alone does not tell whether layers relax; compare "
            + "it only with that of an image of the same columns."),
        .table(
          .init(
            columns: [
              .init("Wall between"), .init("Width"), .init("Width over distance of anchors"),
              .init("Columns"),
            ],
            rows: rows)),
      ]
    }
    if let found = result.summary.divergence, let plane = domains.divergence?.plane {
      blocks += [
        .paragraph(
          "How alike are domains of one stacking? The Kullback-Leibler divergence (nats) of the columns' invariant Zernike features, on two "
            + "common principal components (\(Number.percent(found.explained)) of the variance), \(found.bins) x \(found.bins) bins smoothed by "
            + "\(Number.short(found.smoothingBins, digits: 2)) bin, \(found.sites) columns in each histogram. Few columns alone give the value of two halves of "
            + "one domain; the difference is what domains differ by."),
        .table(
          .init(
            columns: [
              .init("Stacking"), .init("Pairs of domains"), .init("Divergence"), .init("Two halves of one domain"),
              .init("Difference ± standard error"),
            ],
            rows: found.kinds.map {
              [
                .init($0.kind.rawValue), .init("\($0.pairs)"), .init(Text.fixed($0.plain, 3)),
                .init(Text.fixed($0.splitHalf, 3)), .init(Text.withError($0.corrected)),
              ]
            })),
      ]
      var scatter = ScatterFigure(
        points: plane, labels: domains.sites.nearest.map { ($0.stacking ?? -1) + 1 }, styles: styles,
        summary: "Columns by their first two principal components, coloured by the nearest stacking")
      scatter.namesClasses = false
      scatter.width = 420
      blocks.append(
        .figure(
          .init(
            "features", title: "Surroundings of the columns",
            caption:
              "The first two principal components of the invariant features, coloured by the stacking of the nearest anchor.",
            scatter.drawing())))
    }
    return blocks.isEmpty ? nil : .init("Domains and walls", blocks)
  }
}
