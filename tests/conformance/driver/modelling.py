"""Models, their versions and files: made, found, changed, tagged, stored and fetched."""

from __future__ import annotations

import uuid

from checks import equal, holds, refused
from picsellia.exceptions import ResourceConflictError, ResourceNotFoundError
from picsellia.types.enums import Framework, InferenceType
from pictures import make_exact, make_small
from world import digest, one_name

__all__ = ["make_models", "read_models"]

LOOKALIKE = {"type": "MASK", "0": {"type": "KEYPOINT"}}
"""Labels that look like types which the older generation does not know."""


def make_models(world):
    """Make models and versions of them, find, change, tag and delete them."""
    client = world.client
    model = client.create_model("detector", "finds birds")
    other = client.create_model("other")
    if not world.is_old:
        for kind in (InferenceType.KEYPOINT, InferenceType.MASK):
            other.create_version(name=kind.value, type=kind, labels=LOOKALIKE)
    with refused(ResourceConflictError, "a second model of one name"):
        client.create_model("detector")
    equal((model.name, model.private), ("detector", True), "a model")
    equal(client.get_model("detector").id, model.id, "a model by name")
    equal(client.get_model_by_id(model.id).name, "detector", "a model by id")
    with refused(ResourceNotFoundError, "an unknown model"):
        client.get_model("nothing")
    with refused(ResourceNotFoundError, "an unknown model by id"):
        client.get_model_by_id(uuid.uuid4())
    equal([each.name for each in client.list_models()], ["other", "detector"], "all models, newest first")
    equal(one_name(client.list_models(order_by=["-name"], limit=1)), "other", "some models")
    equal(client.list_public_models(limit=5, name="det"), [], "public models")
    with refused(ResourceNotFoundError, "a public model"):
        client.get_public_model("detector")
    model.update(name="finder", description="finds more")
    equal((model.name, model.sync()["description"]), ("finder", "finds more"), "a model renamed")
    if world.is_old:
        none = (InferenceType.NOT_CONFIGURED, Framework.NOT_CONFIGURED)
        equal((model.type, model.framework), none, "what the older generation reads of a model")
    _make_versions(world, model)
    _tag(client, model, model.get_version(0))
    _store(world, model.get_version(0))
    _thumbnail(world, model.get_version(0))
    _delete(client, model)


def read_models(world):
    """Read what the newer generation has made: types that the older one does not know are hidden from it."""
    versions = world.client.get_model("other").list_versions()
    equal([version.name for version in versions], ["MASK", "KEYPOINT"], "versions of the newer types")
    for version in versions:
        version.sync()
        equal((version.type, version.labels), (InferenceType.NOT_CONFIGURED, LOOKALIKE), "one of them")


def _make_versions(world, model):
    said = {
        "labels": {"0": "cat"}, "base_parameters": {"type": "MASK"}, "docker_image_name": "image",
        "docker_flags": ["-a"], "docker_env_variables": {"A": "1"}, "docker_tag": "1", "notebook_link": "n",
    }  # fmt: skip
    first = model.create_version(
        name="first", type=InferenceType.OBJECT_DETECTION, framework="pytorch", description="d", **said
    )
    equal((first.version, first.name), (0, "first"), "the first version")
    equal((first.type, first.framework), (InferenceType.OBJECT_DETECTION, Framework.PYTORCH), "its kind")
    equal((first.origin_id, first.origin_name), (model.id, "finder"), "its model")
    equal(first.labels, {"0": "cat"}, "its labels")
    answer = first.sync()
    equal((answer["parameters"], answer["docker_flags"]), ({"type": "MASK"}, ["-a"]), "what else it says")
    second = model.create_version()
    equal((second.version, second.name), (1, "1"), "a version that says nothing")
    equal(second.type, InferenceType.NOT_CONFIGURED, "its type")
    with refused(ResourceConflictError, "a second version of one name"):
        model.create_version(name="first")
    found = [model.get_version(0), model.get_version("first"), world.client.get_model_version_by_id(first.id)]
    equal({each.id for each in found}, {first.id}, "a version by number, by name and by id")
    with refused(ResourceNotFoundError, "an unknown version"):
        model.get_version(7)
    equal([each.version for each in model.list_versions()], [1, 0], "all versions, newest first")
    equal([each.version for each in model.list_versions(limit=1, offset=1)], [0], "some versions")
    second.update(name="second", labels={"1": "dog"}, framework=Framework.ONNX, type="segmentation")
    equal((second.name, second.labels, second.framework), ("second", {"1": "dog"}, Framework.ONNX), "changed")
    second.delete()
    equal(model.create_version().version, 2, "a number is not given twice")
    with refused(ResourceNotFoundError, "the context of a version"):
        first.get_context()


def _tag(client, model, version):
    for thing, make, find, listing in (
        (model, client.create_model_tag, client.find_model_tag, client.list_model_tags),
        (
            version,
            client.create_model_version_tag,
            client.find_model_version_tag,
            client.list_model_version_tags,
        ),
    ):
        tags = [make(name) for name in ("good", "new")]
        equal(find("good").id, tags[0].id, "a tag by name")
        equal(sorted(each.name for each in listing()), ["good", "new"], "all tags")
        thing.add_tags(tags)
        equal(sorted(each.name for each in thing.get_tags()), ["good", "new"], "tags added")
        thing.remove_tags(tags[1])
        equal(one_name(thing.get_tags()), "good", "a tag removed")
        tags[1].attach_on(thing)
        equal(len(thing.get_tags()), 2, "a tag attached")
    with refused(AssertionError, "a tag of versions on a model"):
        model.add_tags(tags[0])


def _store(world, version):
    folder = world.make_folder("model-files")
    small, large = make_small(folder, "weights", 0), make_exact(folder)
    made = version.store("weights", str(small))
    equal((made.name, made.filename, made.large), ("weights", small.name, False), "a small file")
    holds(made.object_name.startswith("model-file/"), made.object_name)
    big = version.store("big", large)
    holds(big.large, "a large file")
    with refused(ResourceConflictError, "a second file of one name"):
        version.store("weights", small)
    equal([each.name for each in version.list_files()], ["big", "weights"], "all files")
    equal(version.get_file("big").id, big.id, "a file by name")
    with refused(ResourceNotFoundError, "an unknown file"):
        version.get_file("nothing")
    _fetch(world, made, small)
    _fetch(world, big, large)
    small.write_bytes(b"newer")
    again = version.store("weights", small, replace=True)
    equal(sorted(each.name for each in version.list_files()), ["big", "weights"], "a file replaced")
    with refused(ResourceNotFoundError, "a file that was replaced"):
        made.sync()
    _fetch(world, again, small)
    zipped = version.store("archive", folder, do_zip=True)
    equal(zipped.filename, "model-files.zip", "a folder as an archive")
    zipped.delete()
    equal(len(version.list_files()), 2, "the files that are left")


def _fetch(world, file, path):
    target = world.folder / "out-models" / str(file.id)
    target.mkdir(parents=True)
    file.download(str(target))
    equal(digest(target / path.name), digest(path), f"{file.name}, fetched")
    answer = file.sync()
    url = answer["presigned_url"]
    answer["presigned_url"] = url[:-1] + ("0" if url[-1] != "0" else "1")
    file.refresh(answer)
    file.download(str(target), force_replace=True)
    equal(digest(target / path.name), digest(path), f"{file.name}, fetched with an expired URL")


def _thumbnail(world, version):
    if world.is_old:
        version.update_thumbnail(make_small(world.make_folder("thumbnails"), "thumb", 1))
        holds(version.sync()["thumbnail_object_name"].startswith("model-thumb/"), "a thumbnail")


def _delete(client, model):
    version = model.get_version(0)
    files = version.list_files()
    version.delete()
    with refused(ResourceNotFoundError, "a file of a deleted version"):
        files[0].sync()
    last = model.get_version(2)
    model.delete()
    for what, gone in (("a deleted model", model), ("a version of it", last)):
        with refused(ResourceNotFoundError, what):
            gone.sync()
    equal(one_name(client.list_models()), "other", "the model that is left")
