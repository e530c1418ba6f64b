/// Options that several verbs have.
#pragma once
#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <optional>
#include <string>

namespace beamwright::cli {

/// The value of an option, if it was typed.
template <class Value> std::optional<Value> given(CLI::Option const* option, Value const& value) {
    return option->count() > 0 ? std::optional<Value>(value) : std::nullopt;
}

/// A number from least to most. CLI::Range lets "nan" pass, since it is neither below nor above.
inline CLI::Validator within(double least, double most) {
    auto const check = [least, most](std::string& word) {
        double value = 0;
        bool const good = CLI::detail::lexical_cast(word, value) && value >= least && value <= most;
        return good ? std::string() : fmt::format("'{}' is no number from {} to {}", word, least, most);
    };
    return CLI::Validator(check, fmt::format("number from {} to {}", least, most));
}

/// --physics: how Coulomb scattering is calculated.
inline void add_physics_option(CLI::App* verb, std::string& physics, std::string const& group) {
    verb->add_option("--physics", physics,
                     "scattering: full (soft part and single hard events) or fast (Gaussian alone)")
        ->check(CLI::IsMember({"full", "fast"}))
        ->capture_default_str()
        ->group(group);
}

/// --target: the engine that makes the result.
inline void add_target_option(CLI::App* verb, std::string& target, std::string const& group) {
    verb->add_option(
            "--target", target,
            "engine: lanes (single precision, several times as fast on a processor with AVX2, the same bits "
            "on "
            "any), scalar (double precision, the reference), or cuda (the scalar engine's bits on a CUDA "
            "device); avx2, avx512 and portable are the lane engine with these instructions only")
        ->check(CLI::IsMember({"scalar", "lanes", "avx2", "avx512", "portable", "cuda"}))
        ->capture_default_str()
        ->group(group);
}

/// --let: whose LET is scored.
inline void add_let_option(CLI::App* verb, std::string& let, std::string const& group) {
    verb->add_option(
            "--let", let,
            "score LET, dose- and track-averaged, of primaries, protons (for variable RBE), hydrogen (Z = 1) "
            "or helium (Z = 1 and 2)")
        ->check(CLI::IsMember({"primaries", "protons", "hydrogen", "helium"}))
        ->group(group);
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
        ->check(within(-5000.0, 5000.0))
        ->group(group);
}

} // namespace beamwright::cli
