import TesseraFigures
import TesseraImaging
import TesseraNumerics
import TesseraStructure

/// The report of a strain analysis: the maps first, then what they rest on.
public struct StrainReport: Sendable {
  public var result: StrainResult
  /// The input as the user typed it.
  public var input: String
  /// Of the program.
  public var version: String

  public init(of result: StrainResult, input: String, version: String) {
    (self.result, self.input, self.version) = (result, input, version)
  }

  /// `report.html` and the figures, ready to be written.
  public func files() -> [ReportFile] { document.files() }

  public var document: ReportDocument {
    let calibration = result.micrograph.calibration
    let chapter = StrainChapter(maps: result.maps, reference: result.reference, calibration: calibration)
    var document = ReportDocument(title: result.micrograph.name, headline: headline)
    document.summary = chapter.finding
    document.facts = facts
    document.warnings = result.warnings.map(AnalysisReport.sentence)
    document.footer = "Tessera \(version) · \(input)"
    var sections = chapter.sections
    sections.append(.init("What one image cannot tell", [.paragraph(Self.limits)]))
    sections.append(.init("The image", pictures))
    let provenance = ProvenanceChapter(
      choices: result.choices, timings: result.timings, input: input, version: version, seed: nil)
    document.sections = sections + provenance.sections
    return document
  }

  private var headline: String {
    let map = result.maps[0]
    let share = Number.percent(map.planes.knownShare)
    if result.maps.count > 1 {
      return
        "Strain from \(Number.count(result.columnStrains.count { $0 != nil })) columns and by geometric phase, with one "
        + "reference and one resolution."
    }
    return map.method == .gpa
      ? "Strain by geometric phase analysis over \(share) of the image."
      : "Strain from the places of \(Number.count(result.columnStrains.count { $0 != nil })) columns over \(share) of the image."
  }

  private var facts: [ReportDocument.Fact] {
    let map = result.maps[0]
    let statistics = map.planes.statistics
    var facts = statistics.map { one in
      ReportDocument.Fact(
        Self.short(one.mean), "mean \(one.name)", note: "± \(Self.short(one.deviation)) over the map")
    }
    let resolution = result.micrograph.calibration.map {
      "\(Number.short(map.resolution * $0.meanNanometresPerPixel, digits: 3))\u{A0}nm"
    }
    let pixels = "\(Number.short(map.resolution, digits: 3))\u{A0}px"
    facts.append(.init(resolution ?? pixels, "resolution", note: resolution == nil ? "width of a step" : pixels))
    return facts
  }

  private static let limits =
    "Drift and scan distortion stretch an image as strain stretches a crystal. Bands that run along the scan lines, in the "
    + "strain across them above all, and gradients over the whole field are rather theirs; frames scanned in two directions "
    + "tell them apart. Strain along the beam is not seen, and what varies along it is averaged. Near a surface or an "
    + "interface a tilt or a bent foil moves columns too. The errors hold the noise of the pixels alone, not these, nor the "
    + "error of the reference, which adds a constant to every plane."

  private static func short(_ value: Double) -> String { Number.short(abs(value) < 1e-7 ? 0 : value, digits: 2) }

  private var pictures: [ReportDocument.Block] {
    var figure = ImageFigure(result.micrograph, summary: "The micrograph \(result.micrograph.name)")
    figure.width = 460
    figure = figure.adding(AxisMarks(.axes(angle: result.maps[0].axis)))
    var row = [
      ReportDocument.Figure(
        "micrograph", title: "The micrograph", caption: "Between the 0.2 and 99.8 % quantiles of its intensities.",
        figure.drawing())
    ]
    if let phases = result.phases {
      var spectrum = SpectrumFigure(
        power: PowerSpectrum(of: result.prepared.image).power, calibration: result.micrograph.calibration,
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
