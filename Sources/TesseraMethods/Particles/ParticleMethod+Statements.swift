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
    if found.inCrystal > 0 {
      let one = found.inCrystal == 1
      warnings.append(
        "\(found.inCrystal) region\(one ? "" : "s") that the network outlined \(one ? "was" : "were") left out: the lattice around "
          + "\(one ? "it" : "them") goes on inside")
    }
    if found.unsupported > 0 {
      let one = found.unsupported == 1
      warnings.append(
        "\(found.unsupported) region\(one ? "" : "s") that the network outlined \(one ? "was" : "were") left out: across "
          + "\(one ? "its outline" : "their outlines") the image changes no more than across the same outline laid elsewhere"
      )
    }
    if let spacing = result.latticeSpacing {
      let length = LengthText(calibration: pixel.flatMap { Calibration(nanometresPerPixel: $0) })
      warnings.append(
        "the particles lie on a lattice with a spacing of \(length(spacing)): they may be columns of atoms"
          + (pixel.map { $0 * spacing > Self.widestColumns } ?? false ? " if the scale of the image is wrong" : ""))
    }
    if result.particles.isEmpty {
      warnings.append(
        result.cut > 0
          ? "no particle lies inside the image: the border cuts \(result.cut == 1 ? "the one that was found" : "all \(result.cut) that were found")"
          : "no particles were found")
    } else if result.cut > 0 {
      warnings.append(
        "\(result.cut) \(result.cut == 1 ? "particle is" : "particles are") cut by the border of the image and left out of the table"
      )
    }
    warnings += [MaskLabel.warning(of: result.particles), Self.holes(of: result), Self.blanks(of: result)].compactMap {
      $0
    }
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
