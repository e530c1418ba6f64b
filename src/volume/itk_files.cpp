#include "volume/itk_files.hpp"
#ifdef __clang__ // Debian's ITK knows GCC only and stops at any other compiler
#define ITK_COMPILER_DETECTION_H
#define ITK_COMPILER_CXX_STATIC_ASSERT 1
#define ITK_NOEXCEPT noexcept
#endif
#include <itkMetaDataObject.h>
#include <itkMetaImageIO.h>
#include <itkNiftiImageIO.h>
#include <itkNrrdImageIO.h>
#include <stdexcept>

namespace beamwright::itk_files {

namespace {

using IOComponent = itk::IOComponentEnum;

itk::ImageIOBase::Pointer reader_of(Format format) {
    itk::Object::SetGlobalWarningDisplay(false); // our refusals speak
    switch (format) {
    case Format::nrrd:
        return itk::NrrdImageIO::New().GetPointer();
    case Format::meta:
        return itk::MetaImageIO::New().GetPointer();
    default:
        return itk::NiftiImageIO::New().GetPointer();
    }
}

Component from_itk(IOComponent component) {
    switch (component) {
    case IOComponent::CHAR:
        return Component::int8;
    case IOComponent::UCHAR:
        return Component::uint8;
    case IOComponent::SHORT:
        return Component::int16;
    case IOComponent::USHORT:
        return Component::uint16;
    case IOComponent::INT:
        return Component::int32;
    case IOComponent::UINT:
        return Component::uint32;
    case IOComponent::LONG:
        return sizeof(long) == 4 ? Component::int32 : Component::other;
    case IOComponent::ULONG:
        return sizeof(long) == 4 ? Component::uint32 : Component::other;
    case IOComponent::FLOAT:
        return Component::float32;
    case IOComponent::DOUBLE:
        return Component::float64;
    default:
        return Component::other;
    }
}

IOComponent to_itk(Component component) {
    switch (component) {
    case Component::int16:
        return IOComponent::SHORT;
    case Component::float32:
        return IOComponent::FLOAT;
    default:
        return IOComponent::DOUBLE;
    }
}

VolumeNotes notes_of(itk::MetaDataDictionary const& dictionary) {
    VolumeNotes notes;
    for (auto const& key : dictionary.GetKeys()) {
        std::string text;
        // ITK adds entries of its own; ours are plain strings under plain names
        bool const own = key.rfind("ITK_", 0) == 0 || key.rfind("NRRD_", 0) == 0;
        if (!own && itk::ExposeMetaData<std::string>(dictionary, key, text)) {
            notes.emplace(key, text);
        }
    }
    return notes;
}

Header header_of(itk::ImageIOBase& io) {
    Header header;
    for (unsigned axis = 0; axis < io.GetNumberOfDimensions(); ++axis) {
        header.size.push_back(io.GetDimensions(axis));
        header.spacing_mm.push_back(io.GetSpacing(axis));
        header.origin_mm.push_back(io.GetOrigin(axis));
        header.axes.push_back(io.GetDirection(axis));
    }
    header.component = from_itk(io.GetComponentType());
    header.component_name = itk::ImageIOBase::GetComponentTypeAsString(io.GetComponentType());
    header.components_per_voxel = io.GetNumberOfComponents();
    header.bytes_per_voxel = io.GetComponentSize() * header.components_per_voxel;
    header.notes = notes_of(io.GetMetaDataDictionary());
    return header;
}

void set_whole_region(itk::ImageIOBase& io) {
    itk::ImageIORegion region(io.GetNumberOfDimensions());
    for (unsigned axis = 0; axis < io.GetNumberOfDimensions(); ++axis) {
        region.SetIndex(axis, 0);
        region.SetSize(axis, io.GetDimensions(axis));
    }
    io.SetIORegion(region);
}

} // namespace

std::vector<std::byte> read(std::filesystem::path const& file, Format format,
                            std::function<void(Header const&)> const& accept) {
    try {
        auto const io = reader_of(format);
        io->SetFileName(file.string());
        if (!io->CanReadFile(file.c_str())) {
            throw std::runtime_error("the beginning of the file is not of this format");
        }
        io->ReadImageInformation();
        auto const header = header_of(*io);
        accept(header);
        std::size_t bytes = header.bytes_per_voxel;
        for (auto const n : header.size) {
            bytes *= n;
        }
        set_whole_region(*io);
        std::vector<std::byte> values(bytes);
        io->Read(values.data());
        return values;
    } catch (itk::ExceptionObject const& error) {
        throw std::runtime_error(error.GetDescription());
    }
}

void write(std::filesystem::path const& file, Format format, Grid const& grid, Component component,
           void const* values, VolumeNotes const& notes, bool compressed) {
    try {
        auto const io = reader_of(format);
        io->SetFileName(file.string());
        io->SetNumberOfDimensions(3);
        double const spacing[3] = {grid.spacing_mm.x, grid.spacing_mm.y, grid.spacing_mm.z};
        double const origin[3] = {grid.origin_mm.x, grid.origin_mm.y, grid.origin_mm.z};
        for (unsigned axis = 0; axis < 3; ++axis) {
            auto const direction = grid.axes.column(static_cast<int>(axis));
            io->SetDimensions(axis, static_cast<itk::SizeValueType>(grid.size[axis]));
            io->SetSpacing(axis, spacing[axis]);
            io->SetOrigin(axis, origin[axis]);
            io->SetDirection(axis, std::vector<double>{direction.x, direction.y, direction.z});
        }
        io->SetPixelType(itk::IOPixelEnum::SCALAR);
        io->SetNumberOfComponents(1);
        io->SetComponentType(to_itk(component));
        io->SetUseCompression(compressed);
        io->SetCompressionLevel(2); // doses hardly shrink further, and 9 takes ten times as long
        for (auto const& [key, text] : notes) {
            itk::EncapsulateMetaData<std::string>(io->GetMetaDataDictionary(), key, text);
        }
        set_whole_region(*io);
        io->WriteImageInformation();
        io->Write(values);
    } catch (itk::ExceptionObject const& error) {
        throw std::runtime_error(error.GetDescription());
    }
}

} // namespace beamwright::itk_files
