import Foundation
import TesseraImaging
import TesseraNumerics
import TesseraSimulation
import Testing

@Suite("Options of nanoparticles") struct ParticleOptionsTests {
  /// A change of the options, and the setting that the message names.
  static let wrong: [(String, @Sendable (inout (own: ParticleOptions, general: SimulationOptions)) -> Void)] = [
    ("material", { $0.own.material = "Unobtainium" }),
    ("film", { $0.own.film = -1 }),
    ("film", { $0.own.film = 101 }),
    ("film", { $0.own.film = .nan }),
    ("diameter", { $0.own.diameters = 0.5...3 }),
    ("diameter", { $0.own.diameters = 3...51 }),
    ("number", { $0.own.number = -1 }),
    ("number", { $0.own.number = 1001 }),
    ("five fold", { $0.own.fiveFold = -0.1 }),
    ("five fold", { $0.own.fiveFold = 1.1 }),
    ("voltage", { $0.own.voltage = 10 }),
    ("voltage", { $0.own.voltage = 1001 }),
    ("cs", { $0.own.sphericalAberration = 5.1 }),
    ("defocus", { $0.own.defocus = -2001 }),
    ("defocus", { $0.own.defocus = .infinity }),
    ("focal spread", { $0.own.focalSpread = -1 }),
    ("dose", { $0.general.dose = 0 }),
    ("dose", { $0.general.dose = .nan }),
    ("dose", { $0.general.dose = .infinity }),
    ("pixel size", { $0.general.pixelSize = 0.3 }),
    ("pixel size", { $0.general.pixelSize = 0.001 }),
    ("size", { $0.general.width = 0 }),
    ("size", { $0.general.height = 8193 }),
    // Of other specimens.
    ("probe", { $0.general.probe = 1 }),
    ("noise", { $0.general.noise = 0.1 }),
    ("counts", { $0.general.counts = 9 }),
    ("drift", { $0.general.drift = [1, 1] }),
    ("vacancies", { $0.general.vacancies = [0.1] }),
    ("crystal", { $0.general.crystal = "mose2" }),
    ("grains", { $0.general.grains = 3 }),
  ]

  @Test(arguments: wrong.indices) func `out of range are refused by their name`(number: Int) throws {
    var options = (own: ParticleOptions(), general: SimulationOptions())
    Self.wrong[number].1(&options)
    let error = #expect(throws: ParameterError.self) { try ParticleSimulation(options.own, options.general) }
    #expect(try #require(error).description.contains(Self.wrong[number].0))
  }

  @Test func `are taken over`() throws {
    var (options, general) = (ParticleOptions(), SimulationOptions())
    (options.material, options.film, options.diameters, options.number) = ("zno", 2, 2...3, 4)
    (options.voltage, options.sphericalAberration, options.defocus, options.focalSpread) = (200, -0.01, -8, 3)
    options.fiveFold = 0.25
    (general.width, general.height, general.pixelSize, general.dose, general.seed) = (70, 60, 0.04, 900, 9)
    let simulation = try ParticleSimulation(options, general)
    #expect(simulation.field.material == "zno" && simulation.field.film == 2 && simulation.field.number == 4)
    #expect(simulation.field.diameters == 2...3 && simulation.field.fiveFold == 0.25)
    #expect(simulation.optics.voltage == 200 && simulation.optics.sphericalAberration == -0.01)
    #expect(simulation.optics.defocus == -8 && simulation.optics.focalSpread == 3 && simulation.optics.dose == 900)
    #expect(simulation.frame == Frame(width: 70, height: 60, nanometresPerPixel: 0.04) && simulation.seed == 9)
    #expect(try ParticleSimulation(ParticleOptions(), SimulationOptions()) == ParticleSimulation())
    let coded = try JSONDecoder().decode(ParticleSimulation.self, from: JSONEncoder().encode(simulation))
    #expect(coded == simulation)
  }

  @Test func `are refused by other specimens, each by its name`() throws {
    try ParticleOptions().refuse(for: "mose2")
    let settings: [(String, (inout ParticleOptions) -> Void)] = [
      ("material", { $0.material = "Au" }), ("film", { $0.film = 3 }), ("diameter", { $0.diameters = 2...3 }),
      ("number", { $0.number = 3 }), ("five fold", { $0.fiveFold = 0.5 }), ("voltage", { $0.voltage = 80 }),
      ("cs", { $0.sphericalAberration = 0 }),
      ("defocus", { $0.defocus = 0 }), ("focal spread", { $0.focalSpread = 0 }),
    ]
    for (name, change) in settings {
      var options = ParticleOptions()
      change(&options)
      let error = #expect(throws: ParameterError.self) { try options.refuse(for: "mose2") }
      let text = try #require(error).description
      #expect(text.contains("“\(name)”") && text.contains("mose2"))
    }
  }

  /// Settings that no option changes.
  @Test func `of the field and the microscope are checked, too`() {
    let changes: [(inout ParticleSimulation) -> Void] = [
      { $0.field.shares = [1, 1, 1] }, { $0.field.shares = [0, 0, 0, 0] }, { $0.field.shares = [1, -1, 1, 1] },
      { $0.field.shares = [1, .nan, 1, 1] }, { $0.field.touching = 1.1 }, { $0.optics.convergence = -1 },
      { $0.optics.cameraTransfer = 0 }, { $0.optics.cameraTransfer = 1.1 },
    ]
    for change in changes {
      var simulation = ParticleSimulation()
      change(&simulation)
      #expect(throws: ParameterError.self) { try simulation.run() }
    }
  }
}
