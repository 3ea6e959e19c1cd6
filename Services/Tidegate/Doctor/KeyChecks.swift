internal import Pipeline

/// The keys of the bus: there, secret, of a pair, and let in exactly who should be.
enum KeyChecks {
    /// * `isWhole`: All services run on this machine, so all secrets must be here.
    static func findings(_ facts: KeyFacts, isWhole: Bool, _ limits: DoctorLimits) -> [Finding] {
        facts.roles.flatMap { role($0, facts, isWhole: isWhole, limits) } + shared(facts)
    }

    private static func role(
        _ role: KeyFacts.Role, _ facts: KeyFacts, isWhole: Bool, _ limits: DoctorLimits
    ) -> [Finding] {
        let path = "\(facts.folder)/\(role.name)"
        var findings: [Finding] = []
        switch role.secret {
        case "ok": break
        case "absent":
            if isWhole, role.name != KeyFolder.operatorRole {
                findings.append(
                    .error(
                        "key.absent", "\(role.name) has no secret key in \(facts.folder)",
                        remedy: "tidegate keys replace \(role.name)"))
            }
        case let reason where reason.contains("others may read"):
            findings.append(
                .error("key.mode", "others may read \(path).key", remedy: "chmod 600 \(path).key"))
        case let reason:
            findings.append(
                .error(
                    "key.pair", "\(path).key \(reason)", remedy: "tidegate keys replace \(role.name)"))
        }
        if role.publicKey == nil {
            findings.append(
                .error(
                    "key.public", "\(path).pub is missing or is no key",
                    remedy: "tidegate keys replace \(role.name)"))
        }
        findings += list(role, path)
        if let seconds = role.rotating, seconds > limits.rotation {
            findings.append(
                .warning(
                    "key.rotation",
                    "the rotation of \(role.name) began \(Figures.duration(seconds)) ago; its old key is still accepted",
                    remedy: "tidegate restart \(role.name) && tidegate keys retire \(role.name)"))
        }
        return findings
    }

    private static func list(_ role: KeyFacts.Role, _ path: String) -> [Finding] {
        let reset = "tidegate keys allow \(role.name)"
        guard let allowed = role.allowed else {
            return [
                .error(
                    "key.list", "\(path).allow is missing, so \(role.name) lets in every role", remedy: reset)
            ]
        }
        let (more, fewer) = (
            Set(allowed).subtracting(role.expected).sorted(), Set(role.expected).subtracting(allowed).sorted()
        )
        guard !more.isEmpty || !fewer.isEmpty else { return [] }
        let parts = [
            more.isEmpty ? nil : "lets in \(more.joined(separator: ", "))",
            fewer.isEmpty ? nil : "keeps out \(fewer.joined(separator: ", "))",
        ]
        return [
            .error(
                "key.list", "\(role.name) \(parts.compactMap { $0 }.joined(separator: " and "))", remedy: reset)
        ]
    }

    /// Two roles of one key are one role, whatever the lists say.
    private static func shared(_ facts: KeyFacts) -> [Finding] {
        let keyed = facts.roles.compactMap { role in role.publicKey.map { (key: $0, name: role.name) } }
        return Dictionary(grouping: keyed, by: \.key).values.filter { $0.count > 1 }.map { group in
            let names = group.map(\.name).sorted()
            return .error(
                "key.shared", "\(names.joined(separator: " and ")) have the same key",
                remedy: "tidegate keys replace \(names[names.count - 1])")
        }.sorted { $0.message < $1.message }
    }
}
