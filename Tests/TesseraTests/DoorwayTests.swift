import Tessera
import Testing

/// `import Tessera` is all that a user of the library writes.
struct `The doorway` {
  @Test func `leads from a specimen to its motifs`() throws {
    var options = SimulationOptions()
    (options.width, options.height) = (256, 256)
    let specimen = try Simulation(specimen: "srtio3", options: options).run()
    var method = MotifMethod()
    method.descriptor.form = .invariant
    let result = try method.result(on: specimen.micrograph)
    // Strontium and titanium columns; oxygen is not seen.
    #expect(result.classes.count == 2)
    #expect(result.sites.count == result.classes.labels.count)
    let strain = try StrainMethod().result(on: specimen.micrograph)
    #expect(strain.maps[0].planes.exx.width == 256)
  }

  @Test func `has one meaning for each name`() {
    #expect(Grains(grains: [], labels: []).lattice == nil)
    #expect(DatasetAxis(name: "x", size: 4).size == 4)
    #expect(!TesseraVersion.current.isEmpty)
    let image = Micrograph(name: "dot", pixels: Raster(width: 8, height: 8, filling: 0))
    let figure = ReportDocument.Figure(
      "dot", title: "A dot", caption: "", ImageFigure(image, summary: "A dot").drawing())
    #expect(figure.drawing.width > 0)
  }
}
