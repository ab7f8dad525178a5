import Foundation
import TesseraFigures
import TesseraImaging
import TesseraNumerics
import TesseraSegmentation

/// What was chosen, and what a user must know.
extension ParticleMethod {
  private var forestName: String { defects.map { ($0 as NSString).lastPathComponent } ?? DefectModel.shippedName }

  func choices(
    _ found: ParticleFinder.Found, _ forest: DefectModel, _ result: ParticleResult
  ) -> [RunRecord.Choice] {
    var list: [RunRecord.Choice] = [.init("mask", found.source, found.sourceReason)]
    if finder.mask == nil {
      list.append(.init("threshold", Text.fixed(found.threshold, 3), found.thresholdReason))
      list.append(.init("binning", "\(found.binning)", "pixels joined along each axis before"))
      if finder.route == .network {
        list.append(
          .init(
            "outlines", found.edgeShift.map { "at the edges, \(Text.fixed($0, 1)) px further in" } ?? "the network's",
            found.edgeShift == nil
              ? "fewer than half of the particles end at a sharp edge"
              : "most particles are of even contrast and end at a sharp edge, which the network draws too far out"))
      }
      if let assumed = found.assumedPixel {
        list.append(
          .init(
            "pixel size to find particles with", "\(Number.short(assumed, digits: 3)) nm",
            "the size is unknown: the planes of the image, taken for those of a crystal \(ParticleFinder.commonSpacing) nm apart"
          ))
      }
      list.append(
        .init(
          "regions left out", "\(found.small + found.doubtful + found.unsupported + found.inCrystal)",
          "\(found.small) too small, \(found.doubtful) doubtful, \(found.unsupported) with no more change across their outline than elsewhere, "
            + "\(found.inCrystal) in the middle of a crystal"
        ))
    }
    list.append(
      .init(
        "classes", forestName + (forest.checksum.map { ", CRC-32 \($0)" } ?? ""),
        defects == nil ? "the forest that comes with the program" : "given"))
    return list
  }

  func warnings(
    _ found: ParticleFinder.Found, _ result: ParticleResult, _ forest: DefectModel, pixel: Double?
  ) -> [String] {
    scaleWarnings(found, forest, pixel: pixel) + Self.outlineWarnings(found)
      + [
        Self.lattice(of: result, pixel: pixel), Self.cut(of: result), MaskLabel.warning(of: result.particles),
        Self.holes(of: result), Self.blanks(of: result),
      ].compactMap { $0 } + Self.doubts(of: result)
  }

  /// What the size of a pixel, and the forest at hand, do not allow.
  private func scaleWarnings(_ found: ParticleFinder.Found, _ forest: DefectModel, pixel: Double?) -> [String] {
    var warnings: [String] = []
    if let pixel, pixel <= Self.coarsestPixel, let caution = forest.caution(name: forestName) {
      warnings.append(caution)
    }
    if let pixel, pixel > Self.coarsestPixel {
      warnings.append(
        "pixels of \(Number.short(pixel, digits: 3)) nm cannot show columns of atoms, which takes \(Self.coarsestPixel) nm or less: particles "
          + "have no class")
    } else if pixel == nil {
      warnings.append(
        "the size of a pixel is unknown: lengths are in pixels and particles have no class; give \(setting("pixel size"))"
      )
    }
    if let assumed = found.assumedPixel {
      warnings.append(
        "particles are sought as if the planes of the image, \(Number.short(ParticleFinder.commonSpacing / assumed, digits: 3)) px apart, were "
          + "those of a crystal with \(ParticleFinder.commonSpacing) nm between them")
    }
    return warnings
  }

  /// Which regions that the network outlined are no particles.
  private static func outlineWarnings(_ found: ParticleFinder.Found) -> [String] {
    func leftOut(_ count: Int, because reason: (_ isOne: Bool) -> String) -> [String] {
      let isOne = count == 1
      return count == 0
        ? []
        : [
          "\(count) region\(isOne ? "" : "s") that the network outlined \(isOne ? "was" : "were") left out: \(reason(isOne))"
        ]
    }
    return leftOut(found.inCrystal) { "the lattice around \($0 ? "it" : "them") goes on inside" }
      + leftOut(found.unsupported) {
        "across \($0 ? "its outline" : "their outlines") the image changes no more than across the same outline laid elsewhere"
      }
  }

  /// That the particles lie as columns of atoms do; nil where they do not.
  private static func lattice(of result: ParticleResult, pixel: Double?) -> String? {
    guard let spacing = result.latticeSpacing else { return nil }
    let length = LengthText(calibration: pixel.flatMap { Calibration(nanometresPerPixel: $0) })
    return "the particles lie on a lattice with a spacing of \(length(spacing)): they may be columns of atoms"
      + (pixel.map { $0 * spacing > widestColumns } ?? false ? " if the scale of the image is wrong" : "")
  }

  /// That there are no particles, or that the border cuts some; nil where neither is so.
  private static func cut(of result: ParticleResult) -> String? {
    let isOne = result.cut == 1
    if result.particles.isEmpty {
      return result.cut > 0
        ? "no particle lies inside the image: the border cuts \(isOne ? "the one that was found" : "all \(result.cut) that were found")"
        : "no particles were found"
    }
    return result.cut > 0
      ? "\(result.cut) \(isOne ? "particle is" : "particles are") cut by the border of the image and left out of the table"
      : nil
  }

  /// Which particles a person should look at.
  private static func doubts(of result: ParticleResult) -> [String] {
    var warnings: [String] = []
    let smooth = result.particles.count(where: \.isSmooth)
    if smooth > 0 {
      warnings.append(
        "\(smooth) of the \(result.particles.count) particles \(smooth == 1 ? "is" : "are") smooth inside, while the support around shows its "
          + "texture: holes look like this, and so do thick crystals through which nothing is seen; check them by eye")
    }
    if result.falseCount > 0 {
      warnings.append("\(result.falseCount) regions look like background and were left out")
    }
    if result.particles.count > Int(UInt16.max) {
      warnings.append("only the first 65535 particles have a label of their own in instances.tif")
    }
    let unsure = result.particles.count { $0.probability.map { $0 < 0.6 } ?? false }
    if unsure > 0 && 2 * unsure > result.particles.count {
      warnings.append(
        "the class of \(unsure) of \(result.particles.count) particles is uncertain (probability below 0.6); check them by eye"
      )
    }
    return warnings
  }

  /// That regions of a given mask look like what surrounds them; nil without one.
  private static func blanks(of result: ParticleResult) -> String? {
    let count = result.particles.count(where: \.isBlank)
    guard count > 0 else { return nil }
    let isOne = count == 1
    return
      "\(count) of the \(result.particles.count) particles \(isOne ? "looks" : "look") like what surrounds \(isOne ? "it" : "them"): the image "
      + "changes across \(isOne ? "its outline" : "their outlines") no more than across the same outline laid elsewhere, and no lattice stands "
      + "out of the noise, or the forest takes \(isOne ? "it" : "them") for background; \(isOne ? "it has" : "they have") no class"
  }

  /// That the particles of a given mask have holes, and which measures know them; nil without one, and where the mask is the program's own.
  private static func holes(of result: ParticleResult) -> String? {
    let count = result.particles.count { $0.given != nil && $0.measures.holeArea > 0 }
    guard count > 0 else { return nil }
    return
      "\(count) particle\(count == 1 ? "" : "s") of the mask \(count == 1 ? "has" : "have") holes: areas, diameters and axes leave them out; "
      + "perimeters, circularity and solidity are of the outlines around them"
  }
}
