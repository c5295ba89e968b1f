"""The usual headers of pharmacy systems in our languages: which column of ours each is, and what is surely a header."""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache

_USUAL = {
    "drug": """
        drug name, drug description, medication, medication name, medicine, medicine name, product name, item name;
        medicamento, nombre del medicamento, fármaco, medicina; الدواء, اسم الدواء; thuốc, tên thuốc;
        药品, 药品名称, 药名""",
    "rxcui": "rx cui, rxnorm, rxnorm code",
    "ndc": "ndc code, ndc number, ndc#, ndc11, ndc 11",
    "atc": "atc code, código atc, رمز atc, mã atc, atc代码",
    "lang": "language, patient language, idioma, lengua, اللغة, ngôn ngữ, 语言",
    "copies": "number of copies, copias, número de copias, عدد النسخ, số bản, 份数",
    "destination": """
        ward, printer, counter, location; destino, sala, planta, impresora; الجناح, القسم, الطابعة; khoa phòng, máy in;
        病区, 科室, 打印机""",
    "patient_name": """
        patient, patient full name, name of patient, pt name; paciente, nombre del paciente, nombre paciente;
        المريض, اسم المريض; bệnh nhân, tên bệnh nhân, họ tên bệnh nhân; 患者, 患者姓名, 病人姓名""",
    "patient_ref": """
        mrn, mrn#, medical record number, patient id, patient number, pt id, pat id, chart number, patient mrn;
        id paciente, id del paciente, historia clínica, número de historia clínica; رقم المريض, رقم الملف;
        mã bệnh nhân, mã bn; 患者编号, 病历号, 病人编号""",
    "dob": """
        date of birth, birth date, birthdate, birthday, patient dob, patient date of birth;
        fecha de nacimiento, fecha nacimiento; تاريخ الميلاد; ngày sinh; 出生日期, 生日""",
    "rx_number": """
        rx#, rx no, rx id, rx num, script number, prescription, prescription number, prescription id, rxnbr;
        receta, número de receta, número receta; رقم الوصفة; số đơn thuốc, mã đơn thuốc; 处方号, 处方编号""",
    "directions": """
        sig, sig text, sig code text, direction, directions for use, instructions, label instructions,
        dosage instructions; indicaciones, instrucciones, modo de empleo, posología, pauta;
        التعليمات, طريقة الاستعمال, الإرشادات; cách dùng, hướng dẫn, hướng dẫn sử dụng; 用法, 用法用量, 用药说明""",
    "quantity": """
        qty, qty dispensed, quantity dispensed, disp qty, dispensed quantity, dispense quantity, amount;
        cantidad, cantidad dispensada; الكمية; số lượng; 数量""",
    "prescriber": """
        doctor, doctor name, physician, physician name, provider, provider name, prescriber name, prescribing doctor,
        dr; médico, doctora, prescriptor, nombre del médico; الطبيب, اسم الطبيب; bác sĩ, tên bác sĩ;
        医生, 医师, 开方医生""",
    "dispensed_on": """
        fill date, filled on, date filled, dispensed, dispensed date, dispense date, date dispensed, rx fill date;
        fecha de dispensación, fecha dispensación; تاريخ الصرف; ngày cấp thuốc, ngày phát thuốc; 发药日期, 配药日期""",
    "dose_times": "dose time, dosing times, times of day, horario, horarios, أوقات الجرعات, giờ uống, 服药时间",
}
"""Headers by our column. Only what means one thing: “name” or “date” alone is not among them."""

_WORDS = frozenset(
    """
    account address age alias allergies allergy amount barcode batch billing birth category city code comment comments
    copay cost country daw date dea delivery description diagnosis discharge dispense dispensed dispensing doctor dosage
    dose drug due email employee end entered expiration expires expiry facility file filled flag form frequency full
    gender generic group height icd id identifier indication initials insurance insurer issued item label lang language
    last line lot manufacturer medication medicine mrn name ndc note notes npi number order orig original patient payer
    pharmacist pharmacy phone physician plan postcode prescribed prescriber prescribing prescription product provider
    pt qty quantity reason received record ref reference refill refills region remaining remarks route row rx score
    script sequence serial sex sig signature site source ssn start state station status strength supply surname
    technician telephone text time times total type unit units updated upc user verified version visit weight zip
    days first of the for per to by on left
    apellidos caducidad codigo correo direccion dosis edad estado fecha firma hora laboratorio lote medicamento medico
    nombre nota notas numero observaciones paciente peso provincia receta sexo telefono unidad unidades de del la el
    """.split()
)
"""Words of headers, none of them a name: what is made of such words alone may be printed."""

_NUMBER = frozenset({"no", "num", "nbr", "nr", "numero"})
"""Words and abbreviations for “number”; `#` is another."""


@cache
def usual_headers() -> Mapping[str, str]:
    """Our column for each usual header, and for its own name however it is written, by plain words."""
    listed = {column: [column, *re.split(r"[,;]", text)] for column, text in _USUAL.items()}
    return {plain_words(header): column for column, headers in listed.items() for header in headers}


def plain_words(header: str) -> str:
    """The words of a header without case, accents and punctuation: "PatientName" is "patient name"."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", header)
    letters = unicodedata.normalize("NFKD", apart).casefold().replace("#", " number ").replace("_", " ")
    bare = "".join(letter for letter in letters if unicodedata.category(letter) != "Mn")
    return " ".join("number" if word in _NUMBER else word for word in re.findall(r"\w+", bare))


def is_surely_header(header: str) -> bool:
    """Whether a text is a usual header or made of words of headers alone, so that it may be printed.

    In a list without a header line the first line is a patient's, and so is what would be taken for its headers.
    """
    plain = plain_words(header)
    words = set(re.sub(r" ?\b\d$|(?<=[a-z])\d$", "", plain).split())
    return header.strip().isprintable() and (plain in usual_headers() or (bool(words) and words <= _WORDS))
