import TesseraFigures
import TesseraImaging
import TesseraNumerics
import TesseraStructure

extension StrainResult {
  /// The maps first, then what they rest on.
  public func report() -> ReportDocument {
    let chapter = StrainChapter(maps: maps, reference: settings.reference, calibration: micrograph.calibration)
    var document = ReportDocument(title: micrograph.name, headline: headline)
    document.summary = maps[0].spread.sentence
    document.facts = facts
    document.sections =
      chapter.sections
      + [.init("What one image cannot tell", [.paragraph(Self.limits)]), .init("The image", pictures)]
    return document
  }

  private var headline: String {
    let map = maps[0]
    let share = Number.percent(map.planes.knownShare)
    let spread = map.spread.planes
    let strain = !spread.isEmpty && !spread.contains { $0.isBeyondNoise } ? "No strain beyond the noise," : "Strain"
    if maps.count > 1 {
      return
        "\(strain) from the positions of \(Number.count(columnStrains.count { $0 != nil })) columns and by geometric phase, with one "
        + "reference and one resolution."
    }
    return map.source == .gpa
      ? "\(strain) by geometric phase analysis over \(share) of the image."
      : "\(strain) from the positions of \(Number.count(columnStrains.count { $0 != nil })) columns over \(share) of the image."
  }

  private var facts: [ReportDocument.Fact] {
    let map = maps[0]
    let spread = map.spread.planes
    var facts = map.planes.statistics.enumerated().map { index, one in
      let isRotation = one.name == "rotation"
      func amount(_ value: Double) -> String {
        isRotation
          ? "\(Number.short(1000 * value, digits: 2))\u{A0}mrad" : "\(Number.short(100 * value, digits: 2))\u{A0}%"
      }
      let noise =
        index < spread.count
        ? (spread[index].variesBeyondNoise ? "noise" : "not beyond the noise of") + " \(amount(spread[index].error))"
        : ""
      return ReportDocument.Fact(amount(one.deviation), "standard deviation of \(one.name)", note: noise)
    }
    let pixels = LengthText()(map.resolution)
    facts += spread.compactMap { plane in
      plane.meanText.map { text in
        .init(text, "mean of \(plane.name)", note: plane.hasMeanBeyondNoise ? "" : "not beyond the noise")
      }
    }
    facts.append(
      .init(
        LengthText(calibration: micrograph.calibration)(map.resolution), "resolution",
        note: micrograph.calibration == nil ? "width of a step" : pixels))
    return facts
  }

  private static let limits =
    "Drift and scan distortion stretch an image as strain stretches a crystal. Bands along the scan lines (above all in the "
    + "strain across them) and gradients across the whole image are more likely scan distortion or drift; compare images "
    + "scanned in two directions. Strain along the beam is not seen, and what varies along the beam is averaged. Near a "
    + "surface or an interface, a tilt or a bent foil moves columns too. Vacancies and other point defects shift the phases "
    + "of the lattice without straining it. The stated errors include the noise of the pixels "
    + "alone: neither these effects nor the error of the reference, which adds a constant to every plane. The errors of means include that "
    + "of a reference region or class, but given vectors count as exact: an error of the pixel size is a uniform strain."

  private var pictures: [ReportDocument.Block] {
    var figure = ImageFigure(micrograph, summary: "The micrograph \(micrograph.name)")
    figure.width = 460
    figure = figure.adding(AxisMarks(.axes(angle: maps[0].axis)))
    var row = [
      ReportDocument.Figure(
        "micrograph", title: "The micrograph", caption: "Between the 0.2 and 99.8 % quantiles of its intensities.",
        figure.drawing())
    ]
    if let phases = phases {
      var spectrum = SpectrumFigure(
        power: PowerSpectrum(of: prepared.image).power, calibration: micrograph.calibration,
        summary: "Power spectrum with the Bragg vectors used")
      spectrum.basis = phases.reflections.map(\.frequency)
      row.append(
        .init(
          "spectrum", title: "Power spectrum", caption: "Arrows: the Bragg vectors whose phases were analysed.",
          spectrum.drawing()))
    }
    return [.row(row)]
  }
}
