#include "transport/schedule/checkpoint.hpp"
#include "core/atomic_file.hpp"
#include "core/json.hpp"
#include "core/refusal.hpp"
#include <cstring>
#include <fmt/format.h>
#include <fstream>
#include <memory>
#include <span>
#include <zstd.h>

namespace beamwright {

namespace {

constexpr std::string_view magic = "beamwright-checkpoint-3\n";

[[noreturn]] void refuse_damaged(std::filesystem::path const& file, std::string const& what) {
    refuse(fmt::format("checkpoint {} cannot be used: {}", file.filename().string(), what),
           "it is damaged or no checkpoint of this program", "remove it to start from the beginning");
}

Json counts_of(BeamState const& beam) {
    return {{"histories_per_batch", beam.histories_per_batch},
            {"rare", beam.rare},
            {"steps", beam.steps},
            {"nuclear_events", beam.nuclear_events},
            {"nonelastic_events", beam.nonelastic_events},
            {"primary_nonelastic_events", beam.primary_nonelastic_events},
            {"secondaries", beam.secondaries},
            {"counts", beam.counts},
            {"tallies", beam.tallies.size()},
            {"crosses", beam.crosses.size()},
            {"moments", beam.moments.size()},
            {"voxels", beam.tallies.front().sum().size()}};
}

/// Calls `use` with the bytes of every block of numbers of the state, in a fixed order.
template <class State, class Use> void for_each_block(State& state, Use use) {
    for (auto& beam : state.beams) {
        use(std::as_writable_bytes(std::span(beam.energy_MeV)));
        use(std::as_writable_bytes(std::span(beam.notes)));
        for (auto& tally : beam.tallies) {
            use(std::as_writable_bytes(tally.sum()));
            use(std::as_writable_bytes(tally.sum_of_squares()));
        }
        for (auto& cross : beam.crosses) {
            use(std::as_writable_bytes(cross.sum()));
        }
        for (auto& moments : beam.moments) {
            use(std::as_writable_bytes(std::span(moments.values())));
        }
    }
}

struct FreeContext {
    void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
    void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

void compress(std::ostream& out, RunState& state) {
    std::unique_ptr<ZSTD_CCtx, FreeContext> const context(ZSTD_createCCtx());
    ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, 1);
    ZSTD_CCtx_setParameter(context.get(), ZSTD_c_checksumFlag, 1);
    std::vector<char> buffer(ZSTD_CStreamOutSize());
    auto const push = [&](std::span<std::byte const> block, ZSTD_EndDirective how) {
        ZSTD_inBuffer input{block.data(), block.size_bytes(), 0};
        for (std::size_t left = 1; left != 0 || input.pos < input.size;) {
            ZSTD_outBuffer output{buffer.data(), buffer.size(), 0};
            left = ZSTD_compressStream2(context.get(), &output, &input, how);
            if (ZSTD_isError(left)) {
                throw std::runtime_error(ZSTD_getErrorName(left));
            }
            out.write(buffer.data(), static_cast<std::streamsize>(output.pos));
            if (how == ZSTD_e_continue && input.pos == input.size) {
                break;
            }
        }
    };
    for_each_block(state, [&](auto block) { push(block, ZSTD_e_continue); });
    push({}, ZSTD_e_end);
}

/// Fills the blocks of `state` from compressed bytes; false if they end early, are damaged or too many.
bool decompress(std::string_view bytes, RunState& state) {
    std::unique_ptr<ZSTD_DCtx, FreeContext> const context(ZSTD_createDCtx());
    ZSTD_inBuffer input{bytes.data(), bytes.size(), 0};
    bool good = true;
    std::size_t left = 1;
    auto const pull = [&](std::span<std::byte> block) {
        ZSTD_outBuffer output{block.data(), block.size_bytes(), 0};
        while (good && output.pos < output.size) {
            auto const before = output.pos + input.pos;
            left = ZSTD_decompressStream(context.get(), &output, &input);
            good = !ZSTD_isError(left) && output.pos + input.pos != before;
        }
    };
    for_each_block(state, [&](auto block) { pull(block); });
    // The end of the frame holds the checksum
    char nothing = 0;
    ZSTD_outBuffer output{&nothing, 1, 0};
    if (good && left != 0) {
        left = ZSTD_decompressStream(context.get(), &output, &input);
    }
    return good && left == 0 && output.pos == 0 && input.pos == input.size;
}

void require_same(std::filesystem::path const& file, char const* what, std::string const& in_file,
                  std::string const& now) {
    if (in_file == now) {
        return;
    }
    refuse(fmt::format("checkpoint {} belongs to another {}", file.filename().string(), what),
           fmt::format("it says '{}', this run has '{}'", in_file, now),
           "run with the version, inputs and seed that wrote it, or start from the beginning with --fresh");
}

Json header_of(CheckpointIdentity const& identity, RunState const& state) {
    Json beams = Json::array();
    for (auto const& beam : state.beams) {
        beams.push_back(counts_of(beam));
    }
    return {{"version", identity.version}, {"target", identity.target},
            {"physics", identity.physics}, {"inputs", identity.inputs_hash},
            {"batches", state.batches},    {"cpu_s", state.cpu_s},
            {"wall_s", state.wall_s},      {"beams", beams}};
}

} // namespace

void write_checkpoint(std::filesystem::path const& file, CheckpointIdentity const& identity,
                      RunState const& state) {
    auto const header = header_of(identity, state).dump() + "\n";
    write_atomically(file, [&](std::filesystem::path const& temporary) {
        std::ofstream out(temporary, std::ios::binary);
        out.write(magic.data(), static_cast<std::streamsize>(magic.size()));
        out.write(header.data(), static_cast<std::streamsize>(header.size()));
        compress(out, const_cast<RunState&>(state)); // reads only
        out.flush();
        if (!out) {
            refuse(fmt::format("checkpoint {} cannot be written", file.string()),
                   "the disk is full or the folder is not writable",
                   "free space, or name another folder for results");
        }
    });
}

void read_checkpoint(std::filesystem::path const& file, CheckpointIdentity const& identity, RunState& state) {
    std::string const bytes = read_file(file);
    std::string_view rest = bytes;
    if (!rest.starts_with(magic)) {
        refuse_damaged(file, "its first line is not that of a checkpoint");
    }
    rest.remove_prefix(magic.size());
    auto const line = rest.find('\n');
    if (line == std::string_view::npos) {
        refuse_damaged(file, "it ends in its header");
    }
    auto const json = JsonReader::from_text(rest.substr(0, line), file.filename().string());
    require_same(file, "version", json["version"].text(), identity.version);
    require_same(file, "engine", json["target"].text(), identity.target);
    require_same(file, "physics", json["physics"].text(), identity.physics);
    require_same(file, "set of inputs", json["inputs"].text(), identity.inputs_hash);

    constexpr std::int64_t most = std::int64_t{1} << 62;
    state.batches = json["batches"].integer_in(0, most);
    state.cpu_s = json["cpu_s"].number();
    state.wall_s = json["wall_s"].number();
    auto const beams = json["beams"].items();
    if (beams.size() != state.beams.size()) {
        refuse_damaged(file, "the number of beams differs");
    }
    for (std::size_t i = 0; i < beams.size(); ++i) {
        auto& beam = state.beams[i];
        bool const same =
            beams[i]["histories_per_batch"].integer_in(1, most) == beam.histories_per_batch &&
            beams[i]["tallies"].integer_in(0, most) == static_cast<std::int64_t>(beam.tallies.size()) &&
            beams[i]["crosses"].integer_in(0, most) == static_cast<std::int64_t>(beam.crosses.size()) &&
            beams[i]["moments"].integer_in(0, most) == static_cast<std::int64_t>(beam.moments.size()) &&
            beams[i]["voxels"].integer_in(0, most) ==
                static_cast<std::int64_t>(beam.tallies.front().sum().size());
        if (!same) {
            refuse_damaged(file, "batch size, grid or quantities differ");
        }
        for (std::size_t kind = 0; kind < beam.rare.size(); ++kind) {
            beam.rare[kind] = beams[i]["rare"].at(kind).integer_in(0, most);
        }
        beam.steps = beams[i]["steps"].integer_in(0, most);
        beam.nuclear_events = beams[i]["nuclear_events"].integer_in(0, most);
        beam.nonelastic_events = beams[i]["nonelastic_events"].integer_in(0, most);
        beam.primary_nonelastic_events = beams[i]["primary_nonelastic_events"].integer_in(0, most);
        beam.secondaries = beams[i]["secondaries"].integer_in(0, most);
        for (std::size_t kind = 0; kind < beam.counts.size(); ++kind) {
            beam.counts[kind] = beams[i]["counts"].at(kind).integer_in(0, most);
        }
    }
    if (!decompress(rest.substr(line + 1), state)) {
        refuse_damaged(file, "its data end early or are damaged");
    }
}

} // namespace beamwright
