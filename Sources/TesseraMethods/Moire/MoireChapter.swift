import Foundation
import TesseraFigures
import TesseraImaging
import TesseraNumerics
import TesseraStructure

/// The report of a moire pattern: the twist, the spectrum that it comes from, and where each stacking lies.
struct MoireChapter {
  var result: MoireResult

  private var moire: Moire { result.moire }
  private var micrograph: Micrograph { result.micrograph }
  private var length: LengthText { LengthText(calibration: micrograph.calibration) }
  private var styles: [ClassStyle] {
    ClassStyle.styles(
      names: moire.stackings.map(\.rawValue),
      counts: moire.stackings.map { kind in moire.anchors.count { $0.stacking == kind } })
  }
  private func number(_ kind: Stacking) -> Int { (moire.stackings.firstIndex(of: kind) ?? 0) + 1 }

  var document: ReportDocument {
    var document = ReportDocument(
      title: micrograph.name,
      headline: moire.twist.map { "Two layers, twisted by \(Text.degrees($0))" }
        ?? "The twist is unresolved")
    document.summary =
      switch moire.orientation {
      case .parallel: "The layers point the same way, as in 3R stacking."
      case .antiparallel:
        "The layers point opposite ways, as in 2H stacking: the full turn is 60 degrees from the twist."
      case .unknown: ""
      }
    document.facts = facts
    document.sections = [spectrumSection]
    if moire.status == .resolved { document.sections.insert(stackingSection, at: 0) }
    document.sections.insert(
      contentsOf: MoireLocalChapter(result: result, styles: styles).sections, at: min(1, document.sections.count))
    return document
  }

  private var facts: [ReportDocument.Fact] {
    var facts: [ReportDocument.Fact] = []
    if let twist = moire.twist { facts.append(.init(Text.degrees(twist), "twist", note: "standard error")) }
    facts.append(
      .init(
        length.withError(moire.period), "moire period",
        note: "\(Text.fixed(moire.periodsInField, 1)) in the shorter side of the image"))
    if !moire.presence.isWhole {
      facts.append(
        .init(
          Number.percent(moire.presence.sharedShare), "of the image hold both layers",
          note: "twist, strain and stackings are those of this part"))
    }
    if let exx = moire.exx, let eyy = moire.eyy {
      let mean = Moire.Measured(50 * (exx.value + eyy.value), error: 50 * hypot(exx.error, eyy.error))
      facts.append(.init("\(Text.withError(mean))\u{A0}%", "mean heterostrain", note: "second layer against the first"))
    }
    return facts
  }

  // MARK: Stackings

  private var stackingSection: ReportDocument.Section {
    var overlay = ImageFigure(
      micrograph, summary: "Anchors of each stacking, and the part of the image nearest to each")
    overlay.tint = RegionTint(labels: moire.domains, colors: styles.map(\.color), opacity: 0.22)
    overlay.legend = styles
    let markers = SiteMarkers(
      points: moire.anchors.map(\.position), labels: moire.anchors.map { number($0.stacking) }, styles: styles)
    let largest = moire.anchors.map(\.error).max() ?? 0
    return .init(
      "Stackings",
      [
        .figure(
          .init(
            "domains", title: "Which stacking is nearest",
            caption: "Anchors are the places where three-fold axes of both layers coincide; their places are known to "
              + "\(length(largest)) or better. Colours show the stacking of the nearest anchor. Both follow from two rigid lattices: "
              + "layers that relax towards one stacking have other domains.",
            overlay.adding(markers).drawing())),
        .figure(
          .init(
            "stackings", title: "What each stacking looks like",
            caption:
              "Mean of the image around the brighter columns of the first layer nearest to the anchors of one kind.",
            patches)),
      ])
  }

  /// The mean patch of each stacking, three lattice constants wide.
  private var patches: Drawing {
    let side = 2 * Int(saturating: (1.6 * moire.layers[0].lattice.constant).rounded()) + 1
    let cut = Patches(of: result.prepared.image, around: moire.centres, side: side)
    let tiles = moire.stackings.enumerated().compactMap { index, kind -> ContactSheet.Tile? in
      let members = moire.anchors.indices.filter { moire.anchors[$0].stacking == kind && cut.exists[$0] }
      guard !members.isEmpty else { return nil }
      var mean = Raster<Float>(width: side, height: side, filling: 0)
      for member in members {
        guard let patch = cut[member] else { continue }
        for pixel in mean.values.indices { mean.values[pixel] += patch.values[pixel] / Float(members.count) }
      }
      return ContactSheet.Tile(
        patch: mean, captions: [kind.rawValue, "mean of \(members.count)"], style: styles[index])
    }
    return ContactSheet(tiles: tiles, calibration: micrograph.calibration, summary: "Mean patch of each stacking")
      .drawing()
  }

  // MARK: Spectrum

  private var spectrumSection: ReportDocument.Section {
    var figure = SpectrumFigure(
      power: PowerSpectrum(of: result.prepared.image).power, calibration: micrograph.calibration,
      summary: "Power spectrum with the waves of both layers")
    let frequencies = moire.layers.map(\.lattice.frequencies)
    (figure.peaks, figure.otherPeaks) = (frequencies[0], frequencies[1])
    figure.width = 560
    return .init(
      "Layers",
      [
        .figure(
          .init(
            "spectrum", title: "Waves of both layers",
            caption:
              "Power spectrum; orange circles stand around the waves of the first layer, blue ones around those of the second. The "
              + "frequencies come from a fit of all these waves to the image together.", figure.drawing())),
        .table(table),
      ])
  }

  private var table: ReportDocument.Table {
    var rows: [[ReportDocument.Table.Cell]] = []
    for (index, layer) in moire.layers.enumerated() {
      let summary = result.summary.layers[index]
      rows.append([
        .init("Lattice constant of layer \(index + 1)"), .init(length.withError(layer.constant)),
      ])
      rows.append([
        .init("Direction of layer \(index + 1)"), .init("\(Text.fixed(summary.directionDegrees, 3))°"),
      ])
    }
    for (name, strain) in [("xx", moire.exx), ("yy", moire.eyy), ("xy", moire.exy)] {
      guard let strain else { continue }
      rows.append([
        .init("Heterostrain \(name) (layer 2 against 1)"), .init("\(Text.withError(strain.scaled(by: 100)))\u{A0}%"),
      ])
    }
    let orientation =
      switch moire.orientation {
      case .parallel: "the same way"
      case .antiparallel: "opposite ways"
      case .unknown: "not shown by the columns"
      }
    rows.append([.init("The layers point"), .init(orientation)])
    return .init(columns: [.init("Quantity"), .init("Value ± standard error")], rows: rows)
  }
}
