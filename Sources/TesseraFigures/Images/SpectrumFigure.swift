import Foundation
import TesseraImaging
import TesseraNumerics

/// The power spectrum with zero frequency in the middle, on a logarithmic grey scale, and the lattice's peaks.
public struct SpectrumFigure: Sendable {
  /// Squared amplitudes with zero frequency at (width / 2, height / 2), as `Spectrum.centredPower` gives them.
  public var power: Raster<Float>
  /// Pixel size of the image, for the scale bar in nm⁻¹; nil: the scale bar is in px⁻¹.
  public var calibration: Calibration?
  /// Frequencies of the peaks, in cycles per pixel; their opposites are circled too.
  public var peaks: [Point] = []
  /// Peaks of a second lattice, circled in blue.
  public var otherPeaks: [Point] = []
  /// Reciprocal lattice vectors, drawn as arrows g₁ and g₂, in cycles per pixel.
  public var basis: [Point] = []
  /// Radius of the first dominant ring, in cycles per pixel; nil draws none.
  public var ringFrequency: Double?
  /// One sentence for readers who do not see the picture.
  public var summary: String
  /// Side of the square drawing, in drawing units.
  public var width = 460.0

  /// The spectrum without marks. `calibration` is that of the image, not of the spectrum.
  public init(power: Raster<Float>, calibration: Calibration?, summary: String) {
    precondition(power.width > 0 && power.height > 0, "a spectrum needs pixels")
    (self.power, self.calibration, self.summary) = (power, calibration, summary)
  }

  /// Half the side of what is shown, in cycles per pixel: enough for all peaks and twice the ring, at most all.
  private var reach: Double {
    let marked = (peaks + otherPeaks + basis).map { max(abs($0.x), abs($0.y)) }.max() ?? 0
    let wanted = max(marked * 1.2, (ringFrequency ?? 0) * 2.6)
    return wanted > 0 ? min(0.5, wanted) : 0.5
  }

  /// The square part of the spectrum that holds all marks, at most up to half a cycle per pixel.
  public func drawing() -> Drawing {
    // Frequencies a pixel apart differ along x and y when the image is not square; the shown part is square.
    let (stepX, stepY) = (1 / Double(power.width), 1 / Double(power.height))
    let part = Rectangle(
      x: Double(power.width / 2) + 0.5 - reach / stepX, y: Double(power.height / 2) + 0.5 - reach / stepY,
      width: 2 * reach / stepX, height: 2 * reach / stepY)
    let box = Rectangle(x: 0, y: 0, width: width, height: width)
    return Drawing(width: width, height: width, naturalScale: 1.5, summary: summary) { canvas in
      let logarithms = power.map { $0 > 0 ? Foundation.log10($0) : .nan }
      let sampled = resampled(
        logarithms, part: part, width: Int(saturating: width * canvas.resolution),
        height: Int(saturating: width * canvas.resolution))
      // The background's median is black and the strongest coefficients white.
      let limits = Contrast.quantiles(0.5, 0.9995).limits(of: sampled)
      canvas.image(colored(sampled, limits: limits, map: .gray, levels: 64), in: box)
      canvas.clipped(to: box) { drawMarks(centre: box.centre, scale: width / (2 * reach), on: canvas) }
      drawScaleBar(in: box, on: canvas)
    }
  }

  private func drawMarks(centre: Point, scale: Double, on canvas: Canvas) {
    if let ringFrequency {
      canvas.addCircle(centre, radius: ringFrequency * scale)
      canvas.stroke(Color(0x56B4E9), width: 1.4, dash: [6, 4])
      let place = centre + Point(0, ringFrequency * scale).rotated(by: -0.5)
      canvas.tag(
        "r₀", at: place + Point(6, 8), color: Color(0x56B4E9),
        inside: Rectangle(x: 0, y: 0, width: width, height: width))
    }
    for (set, color) in [(peaks, Color(0xE69F00)), (otherPeaks, Color(0x56B4E9))] {
      for peak in set.flatMap({ [$0, $0 * -1] }) {
        canvas.addCircle(centre + peak * scale, radius: otherPeaks.isEmpty ? 9 : 7)
        canvas.stroke(.black, width: 3, opacity: 0.45, keeping: true)
        canvas.stroke(color, width: 1.6)
      }
    }
    for (index, vector) in basis.enumerated() {
      canvas.addArrow(from: centre, to: centre + vector * scale, shaft: 2)
      canvas.fill(Color(0xF0E442), keeping: true)
      canvas.stroke(.black, width: 0.6, opacity: 0.6)
      let outward = vector * (1 / max(vector.length, 1e-12))
      let end = centre + vector * scale + outward * 20 - Point(10, 0)
      canvas.tag(
        "g" + (index == 0 ? "₁" : "₂"), at: end, color: Color(0xF0E442),
        inside: Rectangle(x: 0, y: 0, width: width, height: width))
    }
  }

  /// A bar in 1/nm, or in cycles per pixel.
  private func drawScaleBar(in box: Rectangle, on canvas: Canvas) {
    let unit = calibration.map { 1 / $0.meanNanometresPerPixel } ?? 1
    let limit = 2 * reach * unit / 4
    let decade = pow10(Int(saturating: log10Floor(limit)))
    let length = (limit / decade >= 5 ? 5 : limit / decade >= 2 ? 2 : 1) * decade
    let label = "\(Number.short(length)) " + (calibration == nil ? "px⁻¹" : "nm⁻¹")
    ScaleBar(lengthInPixels: length / unit / (2 * reach) * box.width, label: label)
      .draw(on: canvas, in: ImageFrame(part: box, in: box))
  }
}
