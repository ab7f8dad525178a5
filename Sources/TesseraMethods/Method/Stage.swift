/// The stages of all methods. Their names stand in `timings` of `summary.json` and on the progress bar.
public enum Stage: String, Sendable, Codable, CaseIterable {
  /// Reading the file; preparing the image; finding columns; lattice and grains; cutting patches; describing them;
  /// laying them out in the plane; sorting into classes; joining cells; the hierarchy of motif-cells; the strain map.
  case read, prepare, sites, lattice, patches, features, layout, classes, cells, hierarchy, strain
  /// Of `crystal`: dislocations, displacements in cages, bonds and plane spacings. Of `count` and `crystal`: atoms per
  /// column. Of `segment`: descriptors and patterns. Of `particles`: the regions that belong to particles.
  case dislocations, displacements, bonds, planes, counts, descriptors, patterns, regions
  /// Of `polygons`: the net of columns, the test of its symmetry, the fillings of the units, and the codes of windows.
  case polygons, symmetry, fillings, codes
  /// Drawing figures and writing the report; and the whole command.
  case report, total
}
