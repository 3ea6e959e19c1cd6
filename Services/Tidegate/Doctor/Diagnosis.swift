/// What the doctor makes of what it was told.
struct Diagnosis: Encodable, Sendable, Equatable {
    /// Nothing was found.
    let ok: Bool
    /// Whether a supervisor or a service was seen at work; without one, less can be checked.
    let running: Bool
    let folder: String
    /// Errors first.
    let findings: [Finding]

    init(_ facts: DoctorFacts, _ limits: DoctorLimits = DoctorLimits()) {
        folder = facts.machine.folder
        var findings = MachineChecks.findings(facts.machine, limits)
        var running = facts.machine.isSupervised
        var isWhole = true
        findings += DatabaseChecks.findings(
            facts.database, isSupervised: facts.machine.isSupervised, folder: folder, limits)
        if case .reachable(let contents) = facts.database {
            isWhole = contents.isOurs
            if let pipeline = contents.pipeline {
                // On other machines somebody else supervises; that they once spoke is all that is known.
                let isExpected = facts.machine.isSupervised || !contents.isOurs && !pipeline.services.isEmpty
                running = running || pipeline.services.contains { $0.isAlive != false && $0.silence <= limits.silence }
                findings += PipelineChecks.findings(
                    pipeline, isExpected: isExpected, folder: folder, client: contents.client, limits)
            }
        }
        if let keys = facts.keys { findings += KeyChecks.findings(keys, isWhole: isWhole, limits) }
        self.running = running
        self.findings = findings.filter { $0.severity == .error } + findings.filter { $0.severity == .warning }
        ok = findings.isEmpty
    }

    /// What a person reads.
    var text: String {
        guard !ok else { return "nothing found" }
        return findings.map { "\($0.severity.rawValue): \($0.message) [\($0.check)]\n    \($0.remedy)" }
            .joined(separator: "\n")
    }
}
