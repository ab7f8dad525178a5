import TesseraImaging
import TesseraNumerics
import TesseraSegmentation
import TesseraSimulation

extension DefectTraining {
  /// Outlines of particles that are laid elsewhere, in each micrograph, and the places that are tried for each.
  private static let (outlines, tries) = (2, 60)

  /// What the forest is told of places without a particle: outlines of some that were found, laid at random where none was planted.
  ///
  /// The network outlines hardly any place without a particle in these micrographs, too few to learn from. The shapes of these outlines say
  /// nothing, so that the forest has to look for a lattice and for contrast.
  ///
  /// - Parameters:
  ///   - labels: of the regions that were found; 0: none.
  ///   - simulated: the micrograph and where its particles are.
  func misplaced(_ labels: Raster<Int>, _ simulated: SimulatedParticles, micrograph: Int) -> [Row] {
    let (image, truth) = (simulated.micrograph.pixels, simulated.instances.labels)
    let (width, height) = (image.width, image.height)
    var random = RandomSource(seed: seed ^ 0x626c_616e_6b, stream: UInt64(micrograph))
    let whole = LabelRegions.regions(of: labels).filter {
      !LabelRegions.reachesBorder($0, width: width, height: height)
    }
    guard !whole.isEmpty else { return [] }
    return (0..<Self.outlines).compactMap { _ in
      let region = whole[random.index(below: whole.count)]
      let (xs, ys) = (region.map { $0 % width }, region.map { $0 / width })
      let (left, right, top, bottom) = (xs.min()!, xs.max()!, ys.min()!, ys.max()!)
      for _ in 0..<Self.tries {
        let dx = 1 - left + random.index(below: max(1, width - 2 - (right - left)))
        let dy = 1 - top + random.index(below: max(1, height - 2 - (bottom - top)))
        let shifted = zip(xs, ys).map { ($1 + dy) * width + $0 + dx }
        guard right + dx < width - 1, bottom + dy < height - 1,
          shifted.allSatisfy({ truth.values[$0] == 0 && labels.values[$0] == 0 })
        else { continue }
        let measures = RegionMeasures(of: shifted, width: width)
        return Row(
          micrograph: micrograph, label: .background,
          features: features.values(
            of: shifted, in: image, measures: measures, pixel: simulated.simulation.frame.nanometresPerPixel))
      }
      return nil
    }
  }
}
