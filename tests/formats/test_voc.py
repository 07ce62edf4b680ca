from __future__ import annotations

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asyncsdk.errors import FormatError
from asyncsdk.formats.loss import LossReport
from asyncsdk.formats.objects import FileImage, FileObject, FileTrack, Keyframe, RunLengths
from asyncsdk.formats.voc_reading import read_voc
from asyncsdk.formats.voc_writing import write_voc

BOX = "<bndbox><xmin>10</xmin><ymin>20</ymin><xmax>30.5</xmax><ymax>60</ymax></bndbox>"
FLAT = "<polygon><x1>0</x1><y1>1</y1><x2>10</x2><y2>0</y2><x3>5</x3><y3>5.5</y3></polygon>"
POINTS = ((0.0, 1.0), (10.0, 0.0), (5.0, 5.5))


def voc(*objects, head="<filename>a.jpg</filename>", attributes=""):
    body = "\n".join(f"<object>{content}</object>" for content in objects)
    return f"<annotation{attributes}>{head}\n{body}</annotation>".encode()


def read(content, **options):
    loss = LossReport()
    return read_voc(content, "a.xml", loss, **options), loss


def only(content, **options):
    image, loss = read(voc(content), **options)
    (found,) = image.objects
    return found, loss


def refused(content):
    with pytest.raises(FormatError) as caught:
        read(content)
    assert caught.value.file == "a.xml"
    return caught.value


# Reading


def test_a_whole_file():
    head = """<folder>VOC2012</folder><filename> dir/a.jpg </filename>
    <size><width>500</width><height>375.0</height><depth>3</depth></size><segmented>1</segmented>"""
    image, loss = read(voc("<name>dog</name>" + BOX, "<name>cat</name>" + FLAT, head=head))
    assert image == FileImage(
        name="dir/a.jpg",
        width=500,
        height=375,
        place="line 1",
        objects=(
            FileObject(label="dog", box=(10, 20, 20.5, 40), place="object[0] (line 3)"),
            FileObject(label="cat", parts=(POINTS,), place="object[1] (line 4)"),
        ),
    )
    assert len(loss) == 0


@pytest.mark.parametrize("head", ["", "<source></source><size></size><segmented>0</segmented>"])
def test_x1_a_file_without_objects_is_an_empty_annotation(head):
    image, loss = read(voc(head="<filename>a.jpg</filename>" + head))
    assert image.objects == ()
    assert len(loss) == 0


@pytest.mark.parametrize("shapes", ["", "<bndbox></bndbox><polygon></polygon>", "<bndbox/>"])
def test_x1_an_object_without_box_and_polygon_keeps_its_label(shapes):
    found, loss = only("<name>dog</name>" + shapes)
    assert found == FileObject(label="dog", place="object[0] (line 2)")
    assert len(loss) == 0


@pytest.mark.parametrize("word", ["Unspecified", "0", "", "false"])
def test_x2_flags_may_be_words_that_say_nothing(word):
    flags = "".join(f"<{tag}>{word}</{tag}>" for tag in ("truncated", "difficult", "occluded", "pose"))
    found, loss = only(f"<name>dog</name>{flags}{BOX}")
    assert found.label == "dog"
    assert len(loss) == 0


def test_x2_a_size_needs_no_depth_and_a_source_no_database():
    head = """<filename>a.jpg</filename><size><width>5</width><height>4</height></size>
    <source><annotation>Unknown</annotation></source>"""
    image, loss = read(voc(head=head))
    assert (image.width, image.height) == (5, 4)
    assert len(loss) == 0


@pytest.mark.parametrize("length", ["0", "-1", "wide", "1.5", "1e300", "nan"])
def test_a_size_that_is_none_is_unknown(length):
    head = f"<filename>a.jpg</filename><size><width>{length}</width><height>4</height></size>"
    image, loss = read(voc(head=head))
    assert (image.width, image.height) == (None, 4)
    assert loss.counts == {"size": 1}


def test_x3_an_inverted_box_is_put_in_order_and_told():
    found, loss = only(
        "<name>dog</name><bndbox><xmin>30</xmin><ymin>60</ymin><xmax>10</xmax><ymax>20</ymax></bndbox>"
    )
    assert found.box == (10, 20, 20, 40)
    (told,) = loss
    assert str(told).startswith("a.xml: object[0].bndbox (line 2): changed (box-inverted): the corners")


def test_x3_pixels_counted_from_one():
    whole = "<bndbox><xmin>1</xmin><ymin>1</ymin><xmax>500</xmax><ymax>375</ymax></bndbox>"
    point = "<polygon><pt><x>1</x><y>1</y></pt><pt><x>5</x><y>1</y></pt><pt><x>5</x><y>9</y></pt></polygon>"
    found, _ = only(f"<name>dog</name>{whole}{point}", one_based=True)
    assert found.box == (0, 0, 500, 375)
    assert found.parts == (((0, 0), (4, 0), (4, 8)),)


def test_x3_fractions_are_kept():
    found, _ = only("<name>dog</name>" + BOX)
    assert found.box == (10, 20, 20.5, 40)


def test_polygons_of_labelme():
    nested = "".join(f"<pt><x>{x}</x><y>{y}</y></pt>" for x, y in POINTS)
    found, loss = only(f"<name>dog</name><polygon><username></username>{nested}</polygon>")
    assert found.parts == (POINTS,)
    assert len(loss) == 0


def test_several_polygons_are_parts_of_one_object():
    found, _ = only("<name>dog</name>" + FLAT + "<polygon/>" + FLAT)
    assert found.parts == (POINTS, POINTS)


def test_points_are_ordered_by_number():
    shuffled = "<x10>5</x10><y10>5.5</y10><x2>10</x2><y2>0</y2><y0>1</y0><x0>0</x0>"
    found, _ = only(f"<name>dog</name><polygon>{shuffled}</polygon>")
    assert found.parts == (POINTS,)


def test_what_no_shape_holds_is_told():
    found, loss = only(
        "<name>man</name><pose>Left</pose><truncated>1</truncated><difficult>1</difficult>"
        "<occluded>yes</occluded><part><name>head</name></part>"
        "<actions><jumping>1</jumping><walking>0</walking></actions>"
        "<attributes><attribute><name>age</name><value>3</value></attribute></attributes>"
        "<robndbox><angle>0.5</angle></robndbox>" + BOX
    )
    assert found.box is not None
    rules = ("pose", "truncated", "difficult", "occluded", "part", "actions", "attributes", "unknown-element")
    assert loss.counts == dict.fromkeys(rules, 1)
    assert "object[0].pose (line 2): dropped (pose): no shape holds 'Left'" in str(loss)


def test_what_is_said_of_the_image_is_told():
    head = "<filename>a.jpg</filename><source><database>VOC2007</database></source><scene>street</scene>"
    _, loss = read(voc(head=head, attributes=' verified="yes"'))
    assert loss.counts == {"xml-attribute": 1, "source": 1, "unknown-element": 1}


def test_repeated_elements_are_told():
    found, loss = only("<name>dog</name><name>cat</name>" + BOX + BOX)
    assert found.label == "dog"
    assert loss.counts == {"repeated": 2}


def test_deleted_objects_stay_deleted():
    image, loss = read(voc("<name>dog</name><deleted>1</deleted>", "<name>cat</name><deleted>0</deleted>"))
    assert [found.label for found in image.objects] == ["cat"]
    assert loss.counts == {"deleted": 1}


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (b"<html/>", "line 1"),
        (b"<annotation/>", "filename (line 1)"),
        (voc(head="<filename> </filename>"), "filename (line 1)"),
        (voc("<bndbox/>"), "object[0].name (line 2)"),
        (voc("<name>a</name>", "<name></name>"), "object[1].name (line 3)"),
        (voc("<name>a</name><bndbox><xmin>1</xmin></bndbox>"), "object[0].bndbox.ymin (line 2)"),
        (voc("<name>a</name><bndbox>1 2 3 4</bndbox>"), "object[0].bndbox.xmin (line 2)"),
        (voc("<name>a</name>" + BOX.replace("10", "nan")), "object[0].bndbox.xmin (line 2)"),
        (voc("<name>a</name>" + BOX.replace("60", "1e308")), "object[0].bndbox.ymax (line 2)"),
        (voc("<name>a</name>" + BOX.replace("60", "")), "object[0].bndbox.ymax (line 2)"),
        (voc("<name>a</name>" + FLAT.replace("x3", "x4")), "object[0].polygon (line 2)"),
        (voc("<name>a</name>" + FLAT.replace("x3", "x1")), "object[0].polygon.x1 (line 2)"),
        (voc("<name>a</name><polygon><pt><x>1</x></pt></polygon>"), "object[0].polygon.pt.y (line 2)"),
        (
            voc("<name>a</name><polygon><pt><x>1</x><y>1</y></pt><x1>1</x1><y1>1</y1></polygon>"),
            "object[0].polygon (line 2)",
        ),
    ],
)
def test_broken_files_name_the_place(content, place):
    assert refused(content).place == place


def place_of_fault(content):
    try:
        read(content)
    except FormatError as error:
        return error.place
    return "none"


@given(st.binary(max_size=200) | st.text(alphabet="<>/&abx1 ", max_size=60).map(str.encode))
def test_any_bytes_are_read_or_refused(content):
    assert place_of_fault(content)
    assert place_of_fault(b"<annotation><filename>a</filename>" + content + b"</annotation>")


# Writing


def written(image, **options):
    loss = LossReport()
    return write_voc(image, "a.xml", loss, **options), loss


def test_the_form_of_the_platform():
    image = FileImage(
        name="a.jpg", objects=(FileObject(label="road", parts=(((0, 0), (10, 0), (10, 5)),), place="p"),)
    )
    content, loss = written(image)
    assert "".join(line.strip() for line in content.decode().splitlines()) == (
        "<annotation><filename>a.jpg</filename><object><name>road</name><pose>Unspecified</pose>"
        "<truncated>0</truncated><difficult>0</difficult><occluded>0</occluded>"
        "<bndbox><xmin>0</xmin><xmax>10</xmax><ymin>0</ymin><ymax>5</ymax></bndbox>"
        "<polygon><x1>0</x1><y1>0</y1><x2>10</x2><y2>0</y2><x3>10</x3><y3>5</y3></polygon></object>"
        "<path></path><folder></folder><source></source><size></size><segmented>1</segmented></annotation>"
    )
    assert len(loss) == 0


def test_k8_the_size_is_written_where_it_is_known():
    content, _ = written(FileImage(name="a.jpg", width=6, height=4), depth=1)
    flat = "".join(content.decode().split())
    assert "<size><width>6</width><height>4</height><depth>1</depth></size>" in flat
    assert "<size></size>" in written(FileImage(name="a.jpg", width=6))[0].decode()


def test_k8_an_empty_annotation_reads_back():
    content, loss = written(FileImage(name="a.jpg"))
    assert read(content)[0].objects == ()
    assert len(loss) == 0


def test_k8_names_with_folders_read_back():
    content, _ = written(FileImage(name="x/../y\\é&<a>.jpg"))
    assert read(content)[0].name == "x/../y\\é&<a>.jpg"


@pytest.mark.parametrize("label", ["a\x00b", "a\x1fb", "a\x0bb", "a\ud800b", "a\uffffb"])
def test_k8_characters_that_xml_forbids_are_replaced_and_told(label):
    content, loss = written(FileImage(name="a.jpg", objects=(FileObject(label=label, place="x"),)))
    assert read(content)[0].objects[0].label == "a\ufffdb"
    assert loss.counts == {"text-unfit": 1}


def test_a_label_of_white_space_cannot_be_kept():
    content, loss = written(FileImage(name="a.jpg", objects=(FileObject(label=" "),)))
    assert read(content)[0].objects == ()
    assert set(loss.counts) == {"text-unfit", "label-empty"}


def test_parts_become_objects_and_that_is_told():
    other = ((20.0, 20.0), (30.0, 20.0), (30.0, 30.0))
    found = FileObject(label="a", box=(0, 0, 30, 30), parts=(POINTS, other), place="x")
    content, loss = written(FileImage(name="a.jpg", objects=(found,)))
    back = read(content)[0].objects
    assert [part.parts for part in back] == [(POINTS,), (other,)]
    assert [part.box for part in back] == [(0, 0, 10, 5.5), (20, 20, 10, 10)]
    assert loss.counts == {"parts": 1}


def test_a_box_that_no_part_has_is_told():
    found = FileObject(label="a", box=(50, 50, 30, 30), parts=(POINTS, POINTS))
    assert written(FileImage(name="a.jpg", objects=(found,)))[1].counts == {"parts": 1, "box": 1}


def test_a_mask_leaves_its_box():
    masks = [RunLengths(height=2, width=3, counts=counts) for counts in ((2, 4), (9, 9), (6,))]
    objects = tuple(FileObject(label="a", mask=mask) for mask in masks)
    content, loss = written(FileImage(name="a.jpg", objects=objects))
    assert [found.box for found in read(content)[0].objects] == [(1, 0, 2, 2)]
    assert loss.counts == {"mask": 3, "no-box": 2}


def test_hidden_keypoints_do_not_become_a_label_of_the_whole_image():
    hidden = FileObject(label="a", keypoints=((1.0, 2.0, 0), (0.0, 0.0, 0)), place="shape 1")
    content, loss = written(FileImage(name="a.jpg", objects=(hidden, FileObject(label="b"))))
    assert [found.label for found in read(content)[0].objects] == ["b"]
    assert loss.counts == {"keypoints": 1, "no-box": 1}


def test_what_a_file_cannot_hold_is_told():
    found = FileObject(
        label="a",
        keypoints=((1.0, 2.0, 2), (0.0, 0.0, 0), (5.0, 9.0, 1)),
        text="t",
        attributes={"b": 1},
        is_crowd=True,
    )
    track = FileTrack(label="a", keyframes=(Keyframe(frame=0, box=(1, 2, 3, 4)),), end=1)
    image = FileImage(name="a.jpg", attributes={"c": 1}, objects=(found,), tracks=(track,))
    content, loss = written(image)
    assert read(content)[0].objects[0].box == (1, 2, 4, 7)
    assert loss.counts == {"attributes": 2, "tracks": 1, "keypoints": 1, "text": 1, "crowd": 1}


SAFE = st.text(
    st.characters(blacklist_categories=["Cs", "Cc"], blacklist_characters="\ufffe\uffff"), min_size=1
)
LABELS = (SAFE | st.sampled_from(["a\tb", "a\r\nb", "]]>", "&amp;"])).filter(
    lambda label: label.strip() == label
)
COORDINATES = st.integers(-50, 20_000)
POLYGONS = st.lists(st.tuples(COORDINATES, COORDINATES), min_size=3, max_size=6).map(tuple)


@st.composite
def objects(draw):
    kind = draw(st.sampled_from(["label", "box", "polygon"]))
    label = draw(LABELS)
    box = tuple(draw(st.integers(0, 20_000)) for _ in range(4))
    if kind == "polygon":
        return FileObject(label=label, box=box, parts=(draw(POLYGONS),))
    return FileObject(label=label, box=box if kind == "box" else None)


@given(LABELS, st.lists(objects(), max_size=4), st.integers(1, 9), st.booleans())
def test_writing_and_reading_gives_the_same(name, found, length, one_based):
    image = FileImage(name=name, width=length, height=length + 1, objects=tuple(found))
    content, loss = written(image, one_based=one_based)
    back, more = read(content, one_based=one_based)
    assert len(loss) == len(more) == 0
    bare = attrs.evolve(back, place="", objects=tuple(attrs.evolve(o, place="") for o in back.objects))
    assert bare == image
    assert written(back, one_based=one_based)[0] == content
