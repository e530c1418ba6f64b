/// Options that several verbs have.
#pragma once
#include <CLI/CLI.hpp>
#include <optional>
#include <string>

namespace beamwright::cli {

/// The value of an option, if it was typed.
template <class Value> std::optional<Value> given(CLI::Option const* option, Value const& value) {
    return option->count() > 0 ? std::optional<Value>(value) : std::nullopt;
}

/// --virtual-source and --optics-plane: what a machine file may leave open. \returns the option of the optics plane
inline CLI::Option* add_machine_file_options(CLI::App* verb, std::string& virtual_source,
                                             double& optics_plane_mm, std::string const& group) {
    verb->add_option(
            "--virtual-source", virtual_source,
            "isocenter to the scanning centers, X,Y [mm] or parallel, where the machine file does not say")
        ->group(group);
    return verb
        ->add_option("--optics-plane", optics_plane_mm,
                     "isocenter to the plane of the optics [mm], where a beam model table does not say")
        ->check(CLI::Range(-5000.0, 5000.0))
        ->group(group);
}

} // namespace beamwright::cli
