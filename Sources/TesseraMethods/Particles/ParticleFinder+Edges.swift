import Foundation
import TesseraImaging
import TesseraNumerics
import TesseraSegmentation

extension ParticleFinder {
  /// Standard deviation, in steps of the profile, of where the edge of a plate is found: in 353 simulated plates the mean difference from the
  /// truth was 0.0 and its scatter 0.5.
  private static let edgeError = 0.5
  /// Of a plate whose own profile does not tell, which takes the shift of the others.
  private static let borrowedError = 1.0
  /// So large a part of the particles of an image is plates, or none is: single drops look like plates now and then.
  private static let leastShare = 0.5

  /// With the outlines of plates at their edges.
  ///
  /// The network has learnt particles that thin out, whose rim is faint, and draws the outline of a plate beyond its edge. Where most
  /// particles of the image end at a sharp edge (`EdgeFit`), outlines are moved there.
  func sharpened(_ found: Found, image: Raster<Float>) -> Found {
    let regions = LabelRegions.regions(of: found.labels)
    guard route == .network, !regions.isEmpty else { return found }
    // About as fine as the network's map allows.
    let step = max(1, Double(found.binning) / 2)
    let labels = found.labels
    let edges = concurrentMap(count: regions.count) { index -> (profile: EdgeProfile, shift: Double?) in
      let profile = EdgeProfile(of: regions[index], in: image, labels: labels, step: step)
      return (profile, EdgeFit(profile).flatMap { $0.isSharp ? $0.shift : nil })
    }
    let sharp = edges.compactMap(\.shift)
    guard !sharp.isEmpty, Double(sharp.count) >= Self.leastShare * Double(regions.count) else { return found }
    let typical = Statistics.median(sharp)
    guard typical > 0 else { return found }
    var found = found
    found.outlined = labels
    found.edgeShift = typical * step
    found.outlineErrors = edges.map { step * ($0.shift == nil ? Self.borrowedError : Self.edgeError) }
    for (region, edge) in zip(regions, edges) {
      // A particle is never taken away.
      let shift = min(edge.shift ?? typical, edge.profile.depth / 2)
      for (pixel, distance) in zip(region, edge.profile.insideDistances) where distance < shift {
        found.labels.values[pixel] = 0
      }
    }
    return found
  }
}
