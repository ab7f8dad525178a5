/// The stages of all methods. Their names stand in `timings` of `summary.json` and on the progress bar.
public enum Stage: String, Sendable, Codable, CaseIterable {
  case read, prepare, sites, lattice, patches, features, layout, classes, cells, hierarchy, strain
  case dislocations, displacements, bonds, planes, counts, descriptors, patterns, regions
  case polygons, symmetry, fillings, codes
  case report, total
}
