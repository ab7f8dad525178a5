import TesseraImaging
import TesseraNumerics
import TesseraSegmentation
import TesseraSimulation

/// A specimen of 768 pixels a side, unless the options say otherwise.
func simulated(_ name: String, seed: UInt64, _ change: (inout SimulationOptions) -> Void = { _ in }) throws
  -> SimulatedMicrograph
{
  var options = SimulationOptions()
  (options.width, options.height, options.seed) = (768, 768, seed)
  change(&options)
  return try Simulation(specimen: name, options: options).run()
}

/// Distance of each pixel to the nearest line between two labels.
func distanceToBoundary(of labels: Raster<UInt16>) -> Raster<Float> {
  var isEdge = labels.map { _ in false }
  for y in 0..<labels.height {
    for x in 0..<labels.width {
      isEdge[x, y] = x > 0 && labels[x - 1, y] != labels[x, y] || y > 0 && labels[x, y - 1] != labels[x, y]
    }
  }
  return DistanceTransform.distances(toWhere: isEdge)
}

/// Share of the pixels farther than three lattice constants from a true boundary whose label is right, after the best
/// renaming.
func accuracy(_ found: Raster<UInt16>, _ truth: Raster<UInt16>) -> Double {
  let distance = distanceToBoundary(of: truth)
  var counts: [[Int]: Int] = [:]
  for index in truth.values.indices where distance.values[index] > 72 {
    counts[[Int(found.values[index]), Int(truth.values[index])], default: 0] += 1
  }
  let (names, kinds) = (Set(counts.keys.map { $0[0] }).sorted(), Set(counts.keys.map { $0[1] }).sorted())
  func best(_ rest: ArraySlice<Int>, _ free: [Int]) -> Int {
    guard let first = rest.first else { return 0 }
    let skipped = best(rest.dropFirst(), free)
    return free.map { kind in
      counts[[first, kind], default: 0] + best(rest.dropFirst(), free.filter { $0 != kind })
    }.reduce(skipped, max)
  }
  return Double(best(names[...], kinds)) / Double(counts.values.reduce(0, +))
}

/// Share of the true boundary that has a found one within half a spacing.
func boundaryShare(_ found: Raster<UInt16>, _ truth: Raster<UInt16>) -> Double {
  let (line, distance) = (distanceToBoundary(of: truth), distanceToBoundary(of: found))
  let places = line.values.indices.filter { line.values[$0] == 0 }
  return Double(places.count { distance.values[$0] <= 12 }) / Double(places.count)
}
