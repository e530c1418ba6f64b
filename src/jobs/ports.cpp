#include "core/data_files.hpp"
#include "jobs/capture_figures.hpp"
#include "jobs/machines.hpp"
#include "tables/neutron_library.hpp"
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace beamwright {

NamedAnswer list_ports(JobContext&) {
    NamedAnswer answer;
    answer.json["ports"] = Json::array();
    for (auto const& name : data_names("ports")) {
        auto const port = find_port(name);
        answer.table += fmt::format("{:<30} {} ({})\n{:<30} trust: {}\n", name, port.description, port.kind,
                                    "", port.trust);
        answer.json["ports"].push_back({{"name", name},
                                        {"description", port.description},
                                        {"kind", port.kind},
                                        {"trust", port.trust},
                                        {"setting", port.strength.setting},
                                        {"neutrons_per_s", port.strength.neutrons_per_s}});
    }
    return answer;
}

NamedAnswer show_port(std::string const& name_or_path, JobContext&) {
    auto const port = find_port(name_or_path);
    NeutronLibrary const library;
    auto const air = in_air_json(port, 1, library);
    NamedAnswer answer;
    answer.json = {{"name", port.name},
                   {"description", port.description},
                   {"kind", port.kind},
                   {"trust", port.trust},
                   {"sources", port.sources},
                   {"missing", port.missing},
                   {"setting", port.strength.setting},
                   {"unit", port.strength.unit},
                   {"amount", port.strength.amount},
                   {"neutrons_per_s", port.strength.neutrons_per_s},
                   {"aperture_cm2", port.aperture_cm2()},
                   {"has_photons", port.photons.has_value()},
                   {"in_air", air}};
    answer.table = fmt::format("{}\n{}\ntrust: {}\nsources: {}\n{:.4g} neutrons/s through {:.4g} cm2 at {}\n",
                               port.name, port.description, port.trust, fmt::join(port.sources, "; "),
                               port.strength.neutrons_per_s, port.aperture_cm2(), port.strength.setting);
    for (auto const& one : port.missing) {
        answer.table += "missing: " + one + "\n";
    }
    answer.table += fmt::format("\n{:<50}{:>12}{:>14}  {:<12}{}\n", "in air, middle of the aperture",
                                "this port", "IAEA target", "unit", "");
    for (auto const& row : air["figures"]) {
        bool const known = row["value"].is_number();
        answer.table += fmt::format(
            "{:<50}{:>12}{:>14}  {:<12}{}\n", row["quantity"].get<std::string>(),
            known ? fmt::format("{:.3g}", row["value"].get<double>()) : "not known",
            fmt::format("{} {:.3g}", row["at_least"].get<bool>() ? ">=" : "<=", row["target"].get<double>()),
            row["unit"].get<std::string>(),
            !known                   ? ""
            : row["met"].get<bool>() ? "met"
                                     : "not met");
    }
    answer.table +=
        "Targets as quoted in a later article, to be verified: the IAEA's documents were not read.\n";
    return answer;
}

} // namespace beamwright
