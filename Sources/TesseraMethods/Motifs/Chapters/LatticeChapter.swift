import TesseraFigures
import TesseraImaging
import TesseraNumerics

/// The power spectrum, the lattice's peaks in it, and the ring that sets the patch size.
package struct LatticeChapter: Sendable {
  package var spectrum: PowerSpectrum
  package var calibration: Calibration?
  /// Reciprocal lattice vectors, in cycles per pixel; empty without a lattice.
  package var basis: [Point]
  /// Radius of the first dominant ring, in cycles per pixel; nil where there is none.
  package var ringFrequency: Double?
  /// Side of the patches, in pixels.
  package var patchSide: Int
  /// What was found, in a sentence; may be empty.
  package var finding: String

  package init(
    spectrum: PowerSpectrum, calibration: Calibration?, basis: [Point], ringFrequency: Double?, patchSide: Int,
    finding: String
  ) {
    (self.spectrum, self.calibration, self.basis) = (spectrum, calibration, basis)
    (self.ringFrequency, self.patchSide, self.finding) = (ringFrequency, patchSide, finding)
  }

  package var section: ReportDocument.Section {
    let text: [ReportDocument.Block] = finding.isEmpty ? [] : [.paragraph(finding)]
    return .init("Lattice and patch size", text + [.row([image, curve])])
  }

  /// The shortest sums of the basis vectors, one of each opposite pair.
  private var peaks: [Point] {
    guard basis.count == 2 else { return basis }
    let (a, b) = (basis[0], basis[1])
    let candidates = [a, b, a + b, a - b, a * 2 + b, a + b * 2, a * 2 - b, a - b * 2, a * 2, b * 2]
    let longest = 2.1 * min(a.length, b.length)
    return candidates.filter { $0.length < longest && max(abs($0.x), abs($0.y)) < 0.5 }
  }

  private var image: ReportDocument.Figure {
    var figure = SpectrumFigure(power: spectrum.power, calibration: calibration, summary: "Power spectrum")
    figure.basis = basis
    figure.peaks = peaks
    figure.ringFrequency = ringFrequency
    return .init(
      "spectrum", title: "Power spectrum",
      caption: "Logarithmic; zero frequency in the middle."
        + (basis.isEmpty ? "" : " Circles: where the lattice's peaks should be.")
        + (ringFrequency == nil ? "" : " Dashed: the ring that sets the patch size."), figure.drawing())
  }

  private var curve: ReportDocument.Figure {
    let unit = calibration.map { 1 / $0.meanNanometresPerPixel } ?? 1
    let points = spectrum.radial.enumerated().dropFirst().map { radius, power in
      Point(Double(radius) / Double(spectrum.side) * unit, power)
    }
    // The tail is noise; what matters lies within a few rings of the first.
    let limit = min(0.5, ringFrequency.map { 5 * $0 } ?? 0.5) * unit
    var figure = LineFigure(
      curves: [.init(name: "radial mean", points: Array(points))],
      x: Axis("spatial frequency (\(calibration == nil ? "px⁻¹" : "nm⁻¹"))", range: 0...limit),
      y: Axis("power (a.u.)", scale: .logarithmic), summary: "Radial mean of the power spectrum")
    (figure.width, figure.height) = (460, 380)
    var caption = "Power averaged over rings."
    if let ringFrequency, ringFrequency > 0 {
      figure.marks = [.init(at: ringFrequency * unit, label: "r₀ (planes \(length(1 / ringFrequency)) apart)")]
      // Two pixels: the side is rounded to an odd number.
      let follows = abs(2 / ringFrequency - Double(patchSide)) <= 2
      let width = calibration.map { " (\(Number.short(Double(patchSide) * $0.meanNanometresPerPixel, digits: 3)) nm)" }
      caption +=
        " The patch is \(follows ? "2 / r₀ wide: " : "")\(patchSide) pixels\(width ?? "")\(follows ? "" : " wide")."
    }
    return .init("radial-spectrum", title: "Radial mean", caption: caption, figure.drawing())
  }

  private func length(_ pixels: Double) -> String { LengthText(calibration: calibration)(pixels) }
}
